"""Which postings are the same opening, by ordered and explained rules, and when an opening was seen, closed and reopened.

Identity. A posting is a source's own identifier on a board (and the n-th role of a comment). The rules, in order:

1. `same_id`: one identifier over time is one posting.
2. `repost`: on one board, an identifier that appears after another has gone, with the same title and place, near-equal
   text and at most 90 days between. Identifiers shown by one reading stay distinct, however alike.
3. `cross_post`: the same page of one opening, as a feed gives it that links to the employer's board; else the same named
   employer on another board or feed, compatible titles and places, near-equal text where both have one, at most 45 days
   apart. One posting of a board joins at most one of another board. The employer's own board is the original, a feed's
   copy the twin.
4. `thread_repost`: a comment of the same poster (or, with nearly the same words, of the same employer) in another month's
   thread. Roles are matched by title, and the less of the text two comments share, the more of the title must agree; one
   that names no role follows the text alone, and never joins two roles whose titles object.

Closing. Only complete readings count as evidence, and only where they return at least a quarter of the median of the
seven complete readings of the board before. A vacancy is closed by the second such reading without it, or at once by a
404 or 410. Refusals and server errors close nothing.
"""

from warehouse.vacancies.boards import page_key
from warehouse.vacancies.lifetimes import evidence, spans, vacancy_spans
from warehouse.vacancies.merging import merge
from warehouse.vacancies.places_written import places_agree
from warehouse.vacancies.postings import Link, Posting, vacancy_id
from warehouse.vacancies.titles import title_parts, titles_agree

__all__ = [
    "Link",
    "Posting",
    "evidence",
    "merge",
    "page_key",
    "places_agree",
    "spans",
    "title_parts",
    "titles_agree",
    "vacancy_id",
    "vacancy_spans",
]
