"""How a hiring thread's comment becomes vacancies; every comment here is invented, in the forms that people write."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.contents import interpret_contents
from warehouse.domains import registered_domain
from warehouse.threads import comment_text, is_offer, split_comment
from warehouse.threads.parts import MAX_PARTS
from warehouse.threads.titles import MAX_TITLE_CHARACTERS, MAX_TITLE_WORDS, split_roles

CASES = [
    (
        "Nordlicht Robotics | Data Engineer | Kiel, Germany | ONSITE | Full-time | https://nordlicht-robotics.de\nWe sort glass.",
        ("Nordlicht Robotics", "Kiel, Germany", "onsite", ["Data Engineer"]),
    ),
    (
        "Quillfeather (YC S33) | Frontend, Backend & Data Engineers (all Senior) | Remote (US only) | $120k-$150k\nWe write.",
        ("Quillfeather", "Remote (US only)", "remote", ["Frontend Engineer", "Backend Engineer", "Data Engineer"]),
    ),
    (
        "Senior Data Scientist | Tidewater Analytics | Lisbon, Portugal\nForecast the tides with us.",
        ("Tidewater Analytics", "Lisbon, Portugal", None, ["Senior Data Scientist"]),
    ),
    (
        "Brambleworks - Austin, TX - Full time\nWe grow berries with robots and are looking for a backend engineer and two data scientists to help us.",
        ("Brambleworks", "Austin, TX", None, ["backend engineer", "data scientist"]),
    ),
    (
        "San Francisco, CA\nPetalgrid\nWe map flowers. Open positions:\n* Senior iOS Developer: https://petalgrid.example/ios\n* DevOps Engineer\n* VP of Engineering",
        ("Petalgrid", "San Francisco, CA", None, ["Senior iOS Developer", "DevOps Engineer", "VP of Engineering"]),
    ),
    (
        "Mosslight is hiring! We build lamps in Berlin and need experienced Python developers.\nWrite to us at mosslight.io/careers.",
        ("Mosslight", None, None, ["Python developer"]),
    ),
    (
        "Copperleaf Labs | Multiple positions | London, UK | Onsite or Remote\n- Machine Learning Engineer\n- Product Designer\nApply on our page.",
        ("Copperleaf Labs", "London, UK", "remote", ["Machine Learning Engineer", "Product Designer"]),
    ),
    (
        "Harbourview | Zurich | Fulltime\nWe keep boats afloat and are always glad to hear from people who care.",
        ("Harbourview", "Zurich", None, [None]),
    ),
    (
        "Fennel & Co | {Machine Learning, Software} Engineer | New York, NY or Boston, MA | no remote\nCome and cook.",
        ("Fennel & Co", "New York, NY or Boston, MA", "onsite", ["Machine Learning Engineer", "Software Engineer"]),
    ),
    (
        "Saltmarsh : Site Reliability Engineer : Toronto, Canada\nKeep our birds online.",
        ("Saltmarsh", "Toronto, Canada", None, ["Site Reliability Engineer"]),
    ),
    (
        "Thistledown | Data Engineer | Kiel\nThistledown | Web Developer | Kiel\nWe weave.",
        ("Thistledown", "Kiel", None, ["Data Engineer", "Web Developer"]),
    ),
    (
        "Larkspur | Senior Data Engineer, Senior Frontend Engineer, Site Reliability Engineer, Engineering Manager, Product Designer | Kiel, Germany\nWe count birds.",
        (
            "Larkspur",
            "Kiel, Germany",
            None,
            [
                "Senior Data Engineer",
                "Senior Frontend Engineer",
                "Site Reliability Engineer",
                "Engineering Manager",
                "Product Designer",
            ],
        ),
    ),
    (
        "Wrenfield | Senior (Frontend) Engineer | Kiel, Germany | ONSITE\nWe mend clocks.",
        ("Wrenfield", "Kiel, Germany", "onsite", ["Senior Frontend Engineer"]),
    ),
    (
        "Foxglove | Kiel, Germany | ONSITE\nOpen positions:\n* Software Engineer, Mobile: you build our app\n* Data Engineer",
        ("Foxglove", "Kiel, Germany", "onsite", ["Software Engineer - Mobile", "Data Engineer"]),
    ),
    (
        "Hazelmere | Kiel, Germany | Full-time\nWe bind books.\nThe interview: a call with an engineer, then half a day on site\nJane Doe, CTO",
        ("Hazelmere", "Kiel, Germany", None, [None]),
    ),
]


@pytest.mark.parametrize(("text", "says"), CASES, ids=[text.split("\n")[0][:40] for text, _ in CASES])
def test_comments_in_the_forms_people_write(text, says):
    parts = split_comment(text)
    assert (parts[0].company, parts[0].location, parts[0].work_mode, [part.title for part in parts]) == says
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))


@pytest.mark.parametrize(
    "text",
    [
        "Is this thread only for companies in the US? I would like to know before I post.",
        "I applied to one of these last month and never heard back from them, has anyone else?",
        "Thanks for posting this every month, it is how I found my job.",
        "I am looking for a job as a Python developer. My resume is on my site, I can relocate.",
        "I made a search tool for this thread: https://threads.example/search",
        "Seconded.",
        "",
    ],
)
def test_what_offers_no_work_gives_nothing(text):
    assert not is_offer(text)
    assert split_comment(text) == []


def test_who_says_what_he_looks_for_offers_work():
    assert is_offer("Quillfeather Consulting, Pune\nWe look for zealous people who are keen to learn on the job.")


@pytest.mark.parametrize(
    ("phrase", "titles"),
    [
        ("Data Analyst/Scientist", ["Data Analyst", "Data Scientist"]),
        ("UI/UX Designer", ["UI/UX Designer"]),
        ("iOS, Android and Backend Engineers", ["iOS Engineer", "Android Engineer", "Backend Engineer"]),
        ("Lead and Sr. Product Engineers", ["Sr. Product Engineer"]),
        ("DevOps, Data Science", ["DevOps engineer", "Data Scientist"]),
        ("Research and Development Engineer", ["Research Engineer", "Development Engineer"]),
        ("a great team that loves its users", []),
        ("SENIOR SOFTWARE ENGINEER", ["Senior Software Engineer"]),
        ("our engineers will show you around the office", []),
        (
            "full-stack engineers, QA, data scientists, mobile devs",
            ["full-stack engineer", "QA engineer", "data scientist", "mobile dev"],
        ),
        ("Backend, Frontend, Designers", ["Backend engineer", "Frontend engineer", "Designer"]),
        (
            "Senior Full Stack (Rails), Senior Frontend (ReactJS)",
            ["Senior Full Stack engineer", "Senior Frontend engineer"],
        ),
        ("a) Devs b) Ops c) DevOps", ["Dev", "Ops engineer", "DevOps engineer"]),
        ("Sr. Android Eng", ["Sr. Android Engineer"]),
        ("Eng Manager, VP of Eng", ["Engineering Manager", "VP of Engineering"]),
    ],
)
def test_split_roles(phrase, titles):
    assert split_roles(phrase) == titles


def test_a_role_gets_its_own_lines_and_what_is_everybodys():
    text = (
        "Nordlicht Robotics | Kiel | Onsite\nWe sort glass.\n"
        "Data Engineer\nYou move data with Spark.\nMachine Learning Engineer\nYou train models with PyTorch.\nWrite to us."
    )
    data, learning = split_comment(text)
    assert "Spark" in data.text
    assert "PyTorch" not in data.text
    assert "PyTorch" in learning.text
    assert "Spark" not in learning.text
    assert data.text.startswith("Nordlicht Robotics | Kiel")
    assert learning.text.endswith("Write to us.")


def test_a_role_added_at_the_end_leaves_the_numbers_of_the_others():
    text = "Copperleaf Labs | London | Onsite\nOpenings:\n- Data Engineer\n- Product Designer"
    before, after = split_comment(text), split_comment(f"{text}\n- Data Analyst")
    assert [(part.number, part.title) for part in after[:2]] == [(part.number, part.title) for part in before]


def test_plain_text_keeps_lines_and_whole_addresses():
    body = 'Nordlicht &amp; Sons<p>See <a href="https:&#x2F;&#x2F;nordlicht.example&#x2F;jobs" rel="nofollow">https:&#x2F;&#x2F;nord...</a><p><i>now</i>'
    assert comment_text(body) == "Nordlicht & Sons\nSee https://nordlicht.example/jobs\nnow"


def test_domains_of_shared_hosts_are_nobodys():
    assert registered_domain("https://jobs.nordlicht.co.uk/x") == "nordlicht.co.uk"
    assert registered_domain("https://boards.greenhouse.io/nordlicht") is None
    assert registered_domain("not an address") is None


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_no_text_raises_and_titles_stay_short(text):
    for part in split_comment(comment_text(f"Acme | {text}\nWe are hiring {text}")):
        assert part.number <= MAX_PARTS
        if part.title is not None:
            assert len(part.title) <= MAX_TITLE_CHARACTERS
            assert len(part.title.split()) <= MAX_TITLE_WORDS
            assert "@" not in part.title
            assert "http" not in part.title


def test_likeness_is_that_of_whole_comments_even_where_a_roles_own_lines_are_equal():
    head = "Copperleaf Labs | London | Onsite\nWe make tea and are hiring.\n- Data Engineer\n"
    bodies = [f"{head}- Product Designer, who draws leaves", f"{head}- Machine Learning Engineer"]
    names = (
        "content_hash",
        "source",
        "board",
        "posting_id",
        "poster_hash",
        "url",
        "title",
        "company_raw",
        "company_domain_raw",
    )
    more = (
        "company_size_raw",
        "location_raw",
        "country_raw",
        "pay_raw",
        "work_mode_raw",
        "employment_raw",
        "level_raw",
    )
    rest = ("department_raw", "requisition_raw", "closes_raw", "posted_raw", "body_html")
    contents = pl.DataFrame(
        [
            dict.fromkeys((*names, *more, *rest)) | {"content_hash": str(n), "body_html": body}
            for n, body in enumerate(bodies)
        ],
        schema=dict.fromkeys((*names, *more, *rest), pl.String),
    ).with_columns(
        form=pl.lit("comment"), is_sample=pl.lit(False), instant=pl.lit(datetime(2026, 3, 2), dtype=pl.Datetime("us"))
    )
    first, second = interpret_contents(contents).filter(pl.col("title") == "Data Engineer").iter_rows(named=True)
    assert first["text_hash"] == second["text_hash"]
    assert first["whole_hash"] != second["whole_hash"]
    assert first["sketch"] != second["sketch"]


@pytest.mark.parametrize(
    ("first_line", "company"),
    [
        ("Basalt, a Granite Company | Backend Engineer | Kiel, Germany", "Basalt"),
        ("Saltmarsh Energy, San Mateo CA | Backend Engineer | ONSITE", "Saltmarsh Energy"),
        ("Saltmarsh, Inc. | Backend Engineer | Kiel, Germany", "Saltmarsh, Inc"),
        ("1) Saltmarsh | Backend Engineer | Kiel, Germany", "Saltmarsh"),
        ("The Ledger team at Saltmarsh | Backend Engineer | Kiel", "Saltmarsh"),
        ("Institute for Salt and Marsh Studies | Data Engineer | Kiel", "Institute for Salt and Marsh Studies"),
        ("Saltmarsh QA | Backend Engineer | Kiel, Germany", "Saltmarsh QA"),
        ("Be a | Backend Engineer | Kiel, Germany", None),
        ("Inc. | Backend Engineer | Kiel, Germany", None),
        ("GmbH | Backend Engineer | Kiel, Germany", None),
        ("FULLTIME, SF, SEED | Backend Engineer", None),
        ("Stealth startup | Backend Engineer | Kiel, Germany", None),
        ("About us | Backend Engineer | Kiel, Germany", None),
        ("Ruby on Rails | Backend Engineer | Kiel, Germany", None),
        ("EU passport holders only | Backend Engineer | Kiel", None),
        ("Amsterdam, NL | Backend Engineer | ONSITE", None),
        ("770 Broadway | Backend Engineer | ONSITE", None),
        ("Software to end hunger everywhere | Backend Engineer | Kiel", None),
        ("Haskell and Nix | Backend Engineer | Kiel, Germany", None),
        ("Sr. Network Engineer - Mobile Gaming - San Francisco", None),
        ("New York NYC | Backend Engineer | ONSITE", None),
        ("1 point by mossyrock 25 days ago | parent | Backend Engineer", None),
    ],
)
def test_noise_in_place_of_a_name_is_null_and_never_another_employer(first_line, company):
    parts = split_comment(first_line + "\nThe role is in a team of six. Apply by letter.")
    assert {part.company for part in parts} == {company}


@pytest.mark.parametrize(
    "text",
    [
        "Hi, I'm Wilhelmina, and we are hiring a backend engineer in Kiel.\nWilhelmina is building a team.",
        "Wilhelmina Bruhn is looking around for a backend engineer.\nThe work is in Kiel.\nThanks, Wilhelmina Bruhn",
        "Kiel, Germany - backend engineer\nWilhelmina Bruhn, CTO, is building the team. Contact Wilhelmina Bruhn to apply.",
    ],
)
def test_a_persons_name_is_no_employer(text):
    assert all(part.company is None for part in split_comment(text))


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("We are hiring a backend engineer in Kiel. See https://saltmarsh.example.com/careers", "example.com"),
        (
            "We are hiring a backend engineer in Kiel for our .NET team.\nWe write ASP.NET and read http://essay.org/p/1",
            None,
        ),
        ("We are hiring backend people.In Kiel we build robots.", None),
    ],
)
def test_an_address_names_an_unnamed_employer_only_where_it_leads_to_its_jobs(text, domain):
    (part,) = split_comment(text)
    assert part.domain == domain
