"""How a hiring thread's comment is told apart into vacancies: employer, place, way of working, and one part per role.

Two forms are read. Since about 2014 most comments open with a header, "Nordlicht Robotics | Data Engineer | Kiel |
ONSITE"; before, anything goes: "Nordlicht (Kiel) is looking for a backend engineer and a data scientist". A comment
that offers no work (a question, a reply, somebody who seeks work) gives nothing.
"""

from warehouse.threads.markup import comment_text
from warehouse.threads.offers import is_offer
from warehouse.threads.parts import Part, split_comment

__all__ = ["Part", "comment_text", "is_offer", "split_comment"]
