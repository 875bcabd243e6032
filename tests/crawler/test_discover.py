"""Careers pages and the boards behind them, for every ATS."""

import pytest

from crawler.board_lists import CrawlUsageError
from crawler.discover import discover, discover_boards, fetch, remember, web_address
from crawler.replay.server import Fault, ReplayServer
from crawler.run import _spiders
from warehouse.schema.layout import DataFolder

ADDRESSES = [
    ("https://boards.greenhouse.io/acme/jobs/1", "greenhouse", "acme"),
    ("https://job-boards.eu.greenhouse.io/acme", "greenhouse", "acme"),
    ("https://jobs.lever.co/acme-inc/123", "lever", "acme-inc"),
    ("https://jobs.eu.lever.co/acme", "lever", "eu:acme"),
    ("https://jobs.ashbyhq.com/Acme%20Inc", "ashby", "Acme Inc"),
    ("https://careers.smartrecruiters.com/AcmeInc", "smartrecruiters", "AcmeInc"),
    ("https://apply.workable.com/acme/", "workable", "acme"),
    ("https://acme.workable.com/", "workable", "acme"),
    ("https://acme.recruitee.com/o/cook", "recruitee", "acme"),
    ("https://acme.jobs.personio.de/?language=en", "personio", "acme"),
    ("https://acme.jobs.personio.com/?language=en", "personio", "acme.com"),
    ("https://acme.teamtailor.com/jobs", "teamtailor", "acme"),
    ("https://acme.na.teamtailor.com/jobs", "teamtailor", "acme.na"),
    ("https://acme.bamboohr.com/careers", "bamboohr", "acme"),
    ("https://acme.breezy.hr/p/1", "breezy", "acme"),
    ("https://acme.applytojob.com/apply", "jazzhr", "acme"),
    ("https://acme.wd5.myworkdayjobs.com/en-US/External/job/x", "workday", "acme|wd5|External"),
    ("https://acme.wd1.myworkdayjobs.com/Careers", "workday", "acme|wd1|Careers"),
    (
        "https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/jobs",
        "oracle",
        "acme.fa.us2.oraclecloud.com|CX_1",
    ),
    ("https://careers-acme.icims.com/jobs/search", "icims", "careers-acme.icims.com"),
    ("https://career5.successfactors.eu/career?company=acme", "successfactors", "acme|career5.successfactors.eu"),
    ("https://ats.rippling.com/acme/jobs", "rippling", "acme"),
    ("https://acme.pinpointhq.com/", "pinpoint", "acme"),
    ("https://jobs.gem.com/acme", "gem", "acme"),
    ("https://join.com/companies/acme", "join", "acme"),
    ("https://news.ycombinator.com/item?id=59000001", "hackernews", "59000001"),
    # Odd forms: older hosts, interfaces, embedded forms, languages, capitals.
    ("HTTPS://Boards.Greenhouse.IO/Acme", "greenhouse", "Acme"),
    ("https://boards.eu.greenhouse.io/acme", "greenhouse", "acme"),
    ("https://boards.greenhouse.io/embed/job_app?for=acme&token=4711", "greenhouse", "acme"),
    ("https://boards.eu.greenhouse.io/embed/job_board?b=x&for=acme", "greenhouse", "acme"),
    ("https://api.greenhouse.io/v1/boards/acme/jobs", "greenhouse", "acme"),
    ("https://api.smartrecruiters.com/v1/companies/AcmeInc/postings/1", "smartrecruiters", "AcmeInc"),
    (
        "https://jobs.smartrecruiters.com/oneclick-ui/company/AcmeInc/publication/1?dcr_ci=AcmeInc",
        "smartrecruiters",
        "AcmeInc",
    ),
    ("https://www.workable.com/api/accounts/acme?details=true", "workable", "acme"),
    ("https://apply.workable.com/api/v1/widget/accounts/acme", "workable", "acme"),
    ("https://app.jazz.co/widgets/basic/create/acme", "jazzhr", "acme"),
    ("https://acme.wd5.myworkdayjobs.com/en-us/External", "workday", "acme|wd5|External"),
    ("https://acme.wd503.myworkdayjobs.com/zh-Hans-CN/External", "workday", "acme|wd503|External"),
    ("https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/External/jobs", "workday", "acme|wd5|External"),
    ("https://wd5.myworkdaysite.com/recruiting/acme/External/job/x", "workday", "acme|wd5.myworkdaysite|External"),
    ("https://wd5.myworkdaysite.com/de-DE/recruiting/acme/External", "workday", "acme|wd5.myworkdaysite|External"),
    (
        "https://acme.fa.em2.oraclecloud.com/hcmUI/CandidateExperience/en-GB/sites/jobs",
        "oracle",
        "acme.fa.em2.oraclecloud.com|jobs",
    ),
    ("https://careers-acme.icims.com/", "icims", "careers-acme.icims.com"),
    ("https://career55.sapsf.eu/career?company=acme&lang=en", "successfactors", "acme|career55.sapsf.eu"),
    ("https://api.rippling.com/platform/api/ats/v1/board/acme/jobs", "rippling", "acme"),
]
NO_BOARDS = [
    "https://adjoin.com/companies/acme",
    "https://cdn02.icims.com/css/portal.css",
    "https://resources.bamboohr.com/footer.png",
    "https://attachments-cdn.breezy.hr/logo.png",
    "https://acme.wd5.myworkdayjobs.com/wday/authgwy/acme",
    "https://apply.workable.com/j/0AB5665160",
    "https://careers.acme.com/jobs/4711",
]


@pytest.mark.parametrize(("url", "source", "board"), ADDRESSES)
def test_addresses(url, source, board):
    assert discover(url)[0] == (source, board)


@pytest.mark.parametrize("url", NO_BOARDS)
def test_addresses_without_a_board(url):
    assert discover(url) == []


def test_every_ats_is_discovered():
    by_address = {source for _, source, _ in ADDRESSES}
    ats = {name for name, spider in _spiders().items() if spider.careers_pages}
    assert ats == by_address


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a href="https://jobs.lever.co/acme/1">Cook</a><a href="https://jobs.lever.co/acme/2">', [("lever", "acme")]),
        ('<script src="https://boards.greenhouse.io/embed/job_board/js?for=acme"></script>', [("greenhouse", "acme")]),
        (
            '<iframe src="https:\\/\\/acme.wd3.myworkdayjobs.com\\/Jobs"></iframe>',
            [("workday", "acme|wd3|Jobs")],
        ),
        (
            "x https://jobs.ashbyhq.com/once y https://jobs.lever.co/twice z https://jobs.lever.co/twice",
            [("lever", "twice"), ("ashby", "once")],
        ),
        ('<script type="application/ld+json">{"@type":"JobPosting"}</script>', [("sitemap_jobs", "acme.example")]),
        ('<script src="https://app.jibecdn.com/prod/search.js"></script>', [("jibe", "acme.example")]),
        ('<script src="https://app.jibecdn.com/x.js"></script>{"@type":"JobPosting"}', [("jibe", "acme.example")]),
        ("<p>We are not hiring.</p>", []),
        ('<a href="https://www.greenhouse.io/">powered by</a><a href="https://www.breezy.hr/">', []),
    ],
)
def test_pages(html, found):
    assert discover("https://acme.example/careers", html) == found


def test_own_file_is_appended_once(tmp_path):
    path = tmp_path / "data" / "boards.csv"
    assert remember(path, [("lever", "acme"), ("lever", "acme")], "Acme") == [("lever", "acme")]
    assert remember(path, [("lever", "acme"), ("ashby", "Acme, Inc")]) == [("ashby", "Acme, Inc")]
    assert path.read_text() == 'source,board,company\nlever,acme,Acme\nashby,"Acme, Inc",\n'


@pytest.mark.parametrize(
    ("held", "becomes"),
    [
        ("source,board\nlever,acme", "source,board\nlever,acme\nashby,Acme\n"),
        ("company,board,source,note\nA,acme,lever,x\n", "company,board,source,note\nA,acme,lever,x\n,Acme,ashby,\n"),
        ("\ufeffsource,board\nlever,acme\n", "\ufeffsource,board\nlever,acme\nashby,Acme\n"),
    ],
    ids=["no end of line", "columns of its own", "byte order mark"],
)
def test_an_own_file_keeps_its_form(held, becomes, tmp_path):
    path = tmp_path / "boards.csv"
    path.write_text(held, encoding="utf-8")
    assert remember(path, [("lever", "acme"), ("ashby", "Acme")]) == [("ashby", "Acme")]
    assert path.read_text(encoding="utf-8") == becomes
    assert remember(path, [("ashby", "Acme")]) == []
    assert path.read_text(encoding="utf-8") == becomes


def test_an_address_that_does_not_answer_is_one_sentence():
    with pytest.raises(CrawlUsageError, match=r"^https?://127\.0\.0\.1:9/careers does not answer"):
        fetch("http://127.0.0.1:9/careers")


def test_pages_are_fetched_and_boards_kept(tmp_path):
    (tmp_path / "web" / "acme.example").mkdir(parents=True)
    (tmp_path / "web" / "acme.example" / "careers.html").write_text('<a href="https://jobs.lever.co/acme">Jobs</a>')
    (tmp_path / "web" / "acme.example" / "none.html").write_text("<p>We are not hiring.</p>")
    data = DataFolder(tmp_path / "data")
    with ReplayServer(tmp_path / "web") as server:
        urls = ["acme.example/careers", "https://acme.example/nothing"]
        urls += ["https://acme.bamboohr.com/careers", "https://acme.example/none"]
        found = {one.page: one for one in discover_boards(data, urls, replay=server.url)}
        pages = ["/acme.example/careers", "/acme.example/nothing", "/acme.example/none"]
        assert list(server.asked) == ["/acme.example/robots.txt", *pages]
        (again,) = discover_boards(data, urls[:1], replay=server.url)
    boards = [[("lever", "acme")], [], [("bamboohr", "acme")], []]
    assert [found[url].found for url in urls] == [found[url].added for url in urls] == boards
    assert (again.found, again.added) == (boards[0], [])
    assert data.boards.read_text() == "source,board,company\nlever,acme,\nbamboohr,acme,\n"
    problems = [found[url].problem for url in urls]
    assert problems[0] is problems[2] is None
    assert problems[1] == "https://acme.example/nothing answers with status 404; check the address."
    assert problems[3].startswith("No known ATS was found behind https://acme.example/none")


def test_robots_are_asked_before_a_page_and_before_where_it_leads(tmp_path):
    for host, rules in (("acme.example", "Disallow: /private"), ("jobs.example", "Disallow: /")):
        (tmp_path / host).mkdir()
        (tmp_path / host / "robots.txt").write_text(f"User-agent: *\n{rules}\n")
        (tmp_path / host / "careers.html").write_text('<a href="https://jobs.lever.co/acme">Jobs</a>')
    faults = {
        "/acme.example/moved": Fault(status=302, headers={"Location": "https://jobs.example/careers"}),
        "/sick.example/robots.txt": Fault(status=503),
    }
    data = DataFolder(tmp_path / "data")
    pages = ["acme.example/private", "acme.example/moved", "sick.example/careers", "acme.example/careers"]
    with ReplayServer(tmp_path, faults=faults) as server:
        said = [one.problem for one in discover_boards(data, pages, replay=server.url)]
        asked = [target for target in server.asked if not target.endswith("/robots.txt")]
    assert asked == ["/acme.example/moved", "/acme.example/careers"]
    assert said == [
        "The robots.txt of acme.example forbids https://acme.example/private: give the address of its list of openings.",
        "The robots.txt of jobs.example forbids https://jobs.example/careers: give the address of its list of openings.",
        "The robots.txt of sick.example answers with status 503, so nothing else of it is asked; try again later.",
        None,
    ]


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "https://",
        "https://[bad",
        "https://acme.example:abc/",
        "mailto:x@y",
        "javascript:alert(1)",
        "https://a\nb",
    ],
)
def test_what_is_no_address_is_said_before_anything_is_asked(url, tmp_path):
    data = DataFolder(tmp_path / "data")
    with pytest.raises(CrawlUsageError, match="is no address of a web page") as caught:
        list(discover_boards(data, ["https://jobs.lever.co/acme", url]))
    assert str(caught.value).isprintable()
    assert not data.boards.exists()


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (" jobs.lever.co/acme ", "https://jobs.lever.co/acme"),
        ("localhost:8000/careers", "https://localhost:8000/careers"),
        ("https://acme.example/open jobs", "https://acme.example/open%20jobs"),
        ("https://münchen.example/ü", "https://xn--mnchen-3ya.example/%C3%BC"),
    ],
)
def test_an_address_is_written_as_browsers_send_it(given, asked):
    assert web_address(given) == asked
