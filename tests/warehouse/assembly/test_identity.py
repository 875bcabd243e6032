"""Which postings are one opening: each rule by a case that needs it and a case that must not fall under it."""

import random
from collections import defaultdict

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.sketches import similarity
from warehouse.vacancies import merge, page_key, places_agree, title_parts, titles_agree

WORDS = list(range(100))
HALF_NEW = list(range(60)) + list(range(1000, 1040))  # Jaccard 60 / 140 = 0.43
SLIGHTLY_EDITED = list(range(95)) + list(range(1000, 1005))  # Jaccard 95 / 105 = 0.90


def reasons(postings):
    return [(link.vacancy_id, link.reason) for link in merge(postings)]


def test_an_identifier_that_returns_under_a_new_number_is_a_repost(make_posting):
    gone = make_posting(posting_id="a", first=0, last=5, words=WORDS)
    new = make_posting(posting_id="b", first=9, last=12, words=SLIGHTLY_EDITED)
    assert reasons([new, gone]) == [("ashby:nordlicht:a", "repost"), ("ashby:nordlicht:a", "original")]


@pytest.mark.parametrize(
    "said",
    [
        {"first": 5, "last": 12},  # shown by one reading together with the other
        {"first": 120, "last": 121},  # more than 90 days later
        {"first": 9, "last": 12, "location": "Munich, Germany"},
        {"first": 9, "last": 12, "title": "Senior Data Engineer"},
        {"first": 9, "last": 12, "words": HALF_NEW},
        {"first": 9, "last": 12, "employer_id": "other"},
    ],
)
def test_another_opening_is_no_repost(make_posting, said):
    gone = make_posting(posting_id="a", first=0, last=5, words=WORDS)
    new = make_posting(posting_id="b", **({"words": WORDS} | said))
    assert [link.reason for link in merge([gone, new])] == ["original", "original"]


def test_three_equal_openings_that_change_numbers_stay_three(make_posting):
    old = [make_posting(posting_id=f"old{n}", first=0, last=5, words=WORDS) for n in range(3)]
    new = [make_posting(posting_id=f"new{n}", first=6, last=9, words=WORDS) for n in range(3)]
    groups = defaultdict(list)
    for posting, (vacancy, _) in zip(old + new, reasons(old + new), strict=True):
        groups[vacancy].append(posting.posting_id[:3])
    assert sorted(groups.values()) == [["old", "new"]] * 3


def test_the_employers_own_posting_is_the_original_of_a_feeds_copy(make_posting):
    copy = make_posting(source="arbeitnow", board="feed", posting_id="x", is_feed=True, first=0, words=WORDS)
    own = make_posting(posting_id="a", first=3, words=WORDS)
    assert reasons([copy, own]) == [("ashby:nordlicht:a", "cross_post"), ("ashby:nordlicht:a", "original")]


def test_one_posting_of_a_board_joins_at_most_one_of_another(make_posting):
    own = [make_posting(posting_id=f"own{n}", words=WORDS) for n in range(2)]
    copy = make_posting(source="arbeitnow", board="feed", posting_id="x", is_feed=True, words=WORDS)
    assert sorted(link.reason for link in merge([*own, copy])) == ["cross_post", "original", "original"]


def test_a_feed_that_links_to_an_openings_page_shows_that_opening(make_posting):
    page = {"page": "jobs.example.com/nordlicht/4711"}
    own = make_posting(posting_id="a", words=WORDS, **page)
    copy = make_posting(
        source="network", board="portfolio", posting_id="x", employer_id="nordlicht", title="Engineer, Data",
        location=None, is_feed=True, first=90, last=99, **page,
    )  # fmt: skip
    assert reasons([own, copy]) == [("ashby:nordlicht:a", "original"), ("ashby:nordlicht:a", "cross_post")]


def test_a_page_that_a_board_gives_for_several_openings_proves_nothing(make_posting):
    page = {"page": "nordlicht.example/jobs-2026", "location": None}
    own = [make_posting(posting_id=f"own{n}", title=f"{n} Engineer", **page) for n in ("Data", "Site")]
    copy = make_posting(source="network", board="portfolio", title="Welder", is_feed=True, **page)
    assert [link.reason for link in merge([*own, copy])] == ["original"] * 3


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://www.acme.com/jobs/4711/apply?utm_source=x", "acme.com/jobs/4711"),
        ("http://ACME.com/jobs/4711/", "acme.com/jobs/4711"),
        ("https://acme.com/careers?utm=1&gh_jid=123456#top", "acme.com/careersgh_jid=123456"),
        ("https://jobs.acme.com/0f3c2a1b-77aa-4e21-9c1d-000000000001/application", "jobs.acme.com/0f3c2a1b-77aa-4e21-9c1d-000000000001"),
        ("https://acme.com/careers", None),
        (None, None),
    ],
)  # fmt: skip
def test_addresses_of_one_page_have_one_key(url, page):
    assert pl.DataFrame({"url": [url]}, schema={"url": pl.String}).select(page_key(pl.col("url"))).item() == page


@pytest.mark.parametrize(
    "said",
    [
        {"employer_id": "other"},
        {"is_named": False},
        {"title": "Data Analyst"},
        {"title": "Junior Data Engineer", "words": None},
        {"location": "Munich"},
        {"first": 80, "last": 80},
        {"words": list(range(500, 600))},
    ],
)
def test_another_opening_is_no_cross_post(make_posting, said):
    own = make_posting(posting_id="a", title="Senior Data Engineer", words=WORDS)
    other = {"source": "lever", "board": "nordlicht", "title": "Senior Data Engineer", "words": WORDS}
    assert [link.reason for link in merge([own, make_posting(**(other | said))])] == ["original", "original"]


def comment(make_posting, month, part=1, **said):
    values = {"source": "hackernews", "board": f"thread{month}", "form": "comment", "part": part, "first": month * 30}
    return make_posting(**(values | {"poster_hash": "p", "words": WORDS, "posting_id": f"c{month}"} | said))


def test_a_comment_reposted_month_after_month_is_one_vacancy(make_posting):
    year = [comment(make_posting, month) for month in range(12)]
    assert (
        reasons(year) == [("hackernews:thread0:c0#1", "original")] + [("hackernews:thread0:c0#1", "thread_repost")] * 11
    )


def test_roles_of_a_reposted_comment_are_matched_by_title_and_never_with_each_other(make_posting):
    first = [comment(make_posting, 0, n, title=title) for n, title in enumerate(("Data Engineer", "Designer"), 1)]
    second = [
        comment(make_posting, 1, n, title=title) for n, title in enumerate(("Designer", "Data Engineer", "CTO"), 1)
    ]
    assert reasons([*first, *second]) == [
        ("hackernews:thread0:c0#1", "original"),
        ("hackernews:thread0:c0#2", "original"),
        ("hackernews:thread0:c0#2", "thread_repost"),
        ("hackernews:thread0:c0#1", "thread_repost"),
        ("hackernews:thread1:c1#3", "original"),
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"words": list(range(500, 600))},
        {"poster_hash": "q", "employer_id": "other"},
        {"first": 500},
        {"title": "Designer", "words": HALF_NEW},
        {"title": "Designer", "board": "thread0"},  # two roles of one company in one thread
    ],
)
def test_another_comment_is_no_repost(make_posting, said):
    pair = [comment(make_posting, 0), comment(make_posting, 1, **said)]
    assert [link.reason for link in merge(pair)] == ["original", "original"]


def test_a_comment_without_a_title_joins_no_two_roles(make_posting):
    """The words are those of a template: what names no role may be either of the two, but not both."""
    titles = ("Data Engineer", None, "Designer")
    three = [comment(make_posting, month, title=title) for month, title in enumerate(titles)]
    vacancies = [link.vacancy_id for link in merge(three)]
    assert vacancies[0] != vacancies[2]
    assert vacancies[1] in (vacancies[0], vacancies[2])


def test_the_less_two_comments_share_the_more_their_titles_must(make_posting):
    for title, joined in (("Senior Data Engineer", True), ("Data Scientist", False)):
        pair = [comment(make_posting, 0), comment(make_posting, 1, title=title, words=HALF_NEW)]
        assert (merge(pair)[1].reason == "thread_repost") is joined


def test_a_colleagues_copy_joins_what_its_own_poster_reposted(make_posting):
    """Somebody else of the employer posts the same words: also where the two have a repost of their own."""
    ours = [comment(make_posting, month) for month in (0, 2)]
    theirs = [comment(make_posting, month, poster_hash="q") for month in (1, 3)]
    assert {link.vacancy_id for link in merge([*ours, *theirs])} == {"hackernews:thread0:c0#1"}


def test_a_sample_never_joins_a_real_posting(make_posting):
    pair = [make_posting(posting_id="a", words=WORDS), make_posting(source="lever", words=WORDS, is_sample=True)]
    assert [link.reason for link in merge(pair)] == ["original", "original"]


@pytest.mark.parametrize(
    ("a", "b", "agree"),
    [
        ("Senior Data Engineer", "Sr. Data Engineer", True),
        ("Lead Data Scientist", "Data Scientist", True),
        ("Software Developer II", "Software Engineer", True),
        ("Back-End Engineer (m/f/d)", "Backend Developer", True),
        ("Senior Data Scientist", "Junior Data Scientist", False),
        ("Data Scientist", "Data Engineer", False),
        ("Engineer, Platform", "Platform Engineer", True),
        ("Data Engineer Intern", "Data Engineer", False),
        ("Engineering Manager", "Engineer", False),
        ("Software Engineer", "Software Engineer, Mobile", False),
    ],
)
def test_titles_agree(a, b, agree):
    assert titles_agree(a, b) is agree
    assert titles_agree(b, a) is agree


@pytest.mark.parametrize(
    ("a", "b", "agree"),
    [
        ("Cincinnati, OH", "Cincinnati", True),
        ("Anywhere", "Remote", True),
        ("Remote", "Work from anywhere", True),
        ("Cincinnati, OH", "Austin, TX", False),
        ("Berlin | Kiel, Germany", "Kiel", True),
        ("Cincinnati, OH", "Columbus, OH", False),
        ("Kiel", None, True),
    ],
)
def test_places_agree(a, b, agree):
    assert places_agree(a, b) is agree
    assert places_agree(b, a) is agree


def test_similarity_is_exact_for_short_texts(make_posting):
    a, b = make_posting(words=WORDS[:50]), make_posting(words=WORDS[25:75])
    assert similarity(a.sketch, b.sketch) == pytest.approx(25 / 75)


def test_title_parts_keep_what_tells_roles_apart():
    assert title_parts("C++ Engineer")[0] != title_parts("C# Engineer")[0]
    assert title_parts(None) == ("", frozenset())


plan = st.tuples(
    st.sampled_from(["ashby", "lever", "feed", "hackernews"]),
    st.sampled_from(["Data Engineer", "Senior Data Engineer", "Designer"]),
    st.integers(0, 6),
    st.integers(0, 3),
    st.sampled_from([0, 3, 60]),
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans=st.lists(plan, max_size=12), seed=st.integers(0, 99))
def test_identity_holds_whatever_the_order(make_posting, plans, seed):
    postings = []
    for n, (source, title, first, length, shift) in enumerate(plans):
        is_comment = source == "hackernews"
        said = {
            "source": source,
            "board": f"thread{first}" if is_comment else source,
            "posting_id": f"{n:02}",
            "title": title,
            "first": first * (30 if is_comment else 1),
            "last": first * 30 if is_comment else first + length,
            "form": "comment" if is_comment else "posting",
            "part": int(is_comment),
            "poster_hash": "p" if is_comment else None,
            "is_feed": source == "feed",
            "words": list(range(shift, shift + 100)),
        }
        postings.append(make_posting(**said))
    links = {link.key: link for link in merge(postings)}
    shuffled = random.Random(seed).sample(postings, len(postings))
    assert {link.key: link for link in merge(shuffled)} == links
    groups = defaultdict(list)
    for posting in postings:
        groups[links[posting.key].vacancy_id].append(posting)
    for vacancy, group in groups.items():
        assert [links[p.key].reason for p in group].count("original") == 1
        original = next(p for p in group if links[p.key].reason == "original")
        assert vacancy.startswith(f"{original.source}:{original.board}:{original.posting_id}")
        shown = [
            (p.source, p.board, reading)
            for p in group
            if not p.part
            for reading in range(p.first_reading, p.last_reading + 1)
        ]
        assert len(shown) == len(set(shown)), "two identifiers shown by one reading of a board were merged"
