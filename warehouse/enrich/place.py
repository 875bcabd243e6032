"""Where the work is done: the country and city of the first place, and whether one must be there."""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from warehouse.enrich import gazetteer, matching
from warehouse.enrich.windows import is_readable

FIELDS = ("country", "city", "work_mode")

# Where work is done, in the words of a location, a title or a source's own field.
_SAYS_HYBRID = (
    r"(?i)\bhybrid|\bhíbrid|\bhybrides?\b|\bpartly remote|\bin[- ]office/remote|\bremote/(?:in[- ]?office|on-?site)"
)
_SAYS_REMOTE = (
    r"(?i)\bremote(?:ly)?\b|\bremoto\b|\bhome[- ]?office\b|\bhome[- ]based\b|\bwork(?:ing)? from home\b|\btelecommut|\bteletrabajo\b|"
    r"\btélétravail\b|\banywhere\b|\bfully_remote\b|\bwfh\b|\bdistributed\b|\bno_?office|\bteleworking"
)
_SAYS_ONSITE = r"(?i)\bon[- _]?site\b|\bin[- _]?person\b|\bvor ort\b|\bpresencial\b|\bsur site\b|\boffice[- ]based\b|\bnot? remote\b|\bnon-remote\b"
_SAYS_CHOICE = r"(?i)\b(?:on[- ]?site|hybrid\)?) or (?:fully )?remote\b|\b(?:fully )?remote or on[- ]?site\b"
_NO_MODE_IN_TITLE = r"(?i)\bremote (?:sens|monitor|patient|control|operation)|\bhybrid (?:cloud|mobile|app|search)|\bon-?site (?:service|support)|\bdistributed\b|\banywhere\b"
_SOURCE_ONSITE = r"(?i)\bon[- _]?site\b|\boffice\b|\bin[- _]?person\b|\bno[nt]?[- ]remote\b"

_ANCHORS = (
    "remote", "hybrid", "in-office", "in office", "the office", "our office", "person", "onsite", "on-site", "on site", "office-first", "office first",
    "office-based", "days a week", "days per week", "days/week", "day/week", "x/week", "x per week", "x a week", "days in ", "from home", "from anywhere", "anywhere in", "anywhere within",
    "anchor days", "office days", "homeoffice", "home office", "vor ort", "présentiel", "presencial", "remoto", "híbrid", "teletrabajo", "télétravail", "fully distributed",
    "in-office employees", " office.", " office ", " office,", "retail store",
)  # fmt: skip
_BEFORE, _AFTER = 80, 110
_CUT = " ¦ "
"""Stands between the pieces of one text, so that no rule reads across them."""

_FEW = r"(?:one|two|three|four|[1234]|[123]\s?(?:-|–|to|or)\s?[234]|(?:one|two|three)\s?(?:-|–|to|or)\s?(?:two|three|four))"
_MANY = r"(?:five|six|[56]|[34]\s?(?:-|–|to)\s?5|[56]\s?(?:-|–)\s?[67]|four to five|five \(5\))"
_DAYS = r"(?:\+|x)?[- ]?(?:full |set |remote |home )?(?:days?|times)(?: |/|-)?"
_OFFICE = (
    r"(?:in|at|from|to|into)[- ](?:the |our |an? |one of our |their |person |person at our |person in our |person from our )?"
    r"(?:[\w.,'’&/()-]+ ){0,5}?(?:office|offices|hq|headquarters|hub|studio|person|site)"
)
_LABEL = (
    r"\b(?:location|work type|type|workplace(?: type)?|work model|work mode|work arrangement|work location|work setting|setting|"
    r"work style|location type|arbeitsmodell|modalidad|standort)\s?[:–-]\s?(?:[\w,./ ()-]{0,45}?[ (/–|-])?"
)
_PRESENT = r"(?:in[- ]person|onsite|on-site|on site|in[- ]office|in the office)"

_EITHER = (
    r"\bopen to (?:considering |exceptional |strong |fully )*remote(?:ly)? (?:candidates|applicants|talent|employees|hires|arrangements?|presence|work\b|for\b|within|in\b)|\bopen to (?:fully )?remote(?:ly)?\s?[,.;)¦]",
    r"\bremote(?:ly)?(?:,)? or (?:hybrid|in[- ]person|in our|in the|from our|from the|on-?site)\b",
    r"\b(?:hybrid|office|offices|onsite|on-site|in[- ]person)\)? or (?:fully |100% )?remote(?:ly)?\b",
)
_TAGGED_HYBRID = (r"#(?:li|bi|\w\w)-?\s?hybrid",)
_TAGGED_REMOTE = (r"#(?:li|bi|\w\w)-?\s?remote",)
"""What the employer marks this posting with outranks what its texts say of all of its offices."""
_HYBRID = (
    r"\bhybrid(?:[- ]first|[- ]friendly)?[ -](?:role|position|work|job|schedule|environment|set-?\s?up|arrangement|policy|opportunity|team|office|basis|format|flexibility|home|remote|option)",
    r"\bhybrid[ ,:;(/&–—-]+(?:\w+[ ,]+){0,3}(?:in[- ]office|in[- ]person|\d|days?|three|two|office|remote|onsite|on-site)",
    _LABEL + "hybrid",
    r"\bhybrid\s?[:|]",
    r"\((?:[\w ,/-]+)?hybrid(?:[\w ,/-]+)?\)",
    r"\b(?:is|be|are|as an?|on an?|this|truly|follow an?|fully|in an?|with an?|operate) hybrid\b",
    rf"\b{_FEW}{_DAYS}(?:a |per |each |/)?(?:week|wk)?[ ,]{{0,2}}(?:\w+ ){{0,3}}?{_OFFICE}\b",
    rf"\b{_OFFICE}[ ,]+(?:\(?\w+\)? ){{0,8}}?\(?{_FEW}{_DAYS}(?:a |per |each |/)?(?:week|wk)",
    rf"\b{_FEW}{_DAYS}(?:a|per|/|each)?\s?week (?:in[- ]office|onsite|on-site|in[- ]person|in the office|in our|from home|remote|at the office)",
    rf"\bpresence in (?:our|the) [^.¦]{{2,60}}? {_FEW} days",
    rf"\b{_PRESENT}[ ,(:]+(?:\w+ ){{0,3}}?{_FEW}{_DAYS}(?:a |per |/)?\s?(?:week|wk)",
    r"\b[234]x\s?(?:/|per|a)\s?week",
    r"\b(?:mon|tues?)(?:day)?s? ?(?:through|to|thru|-|–) ?thurs?(?:day)?s?\b|\banchor days\b|\bwork[- ]from[- ]home days?\b|\bremote fridays?\b|\b(?:mon|tues|wednes|thurs|fri)days? (?:work(?:ing)? from home|wfh|remote)|\b(?:work from home|wfh|remote)(?: on)? (?:mon|tues|wednes|thurs|fri)days?|\brequired in-office days",
    r"\bin[- ]person (?:multiple|several|a few|some) days|\b(?:multiple|several|a few|some) days (?:a|per|each) week (?:in|at|from) (?:the|our) office",
    r"\bhalf of (?:their|your) (?:work )?time in|\b[2-8][05] ?% of (?:the|your|their) (?:work )?time (?:in|at|from) (?:the|our|your|their|an)\b",
    r"\bin-person collaboration [1-9](?:-[1-9])? times? (?:per|a) (?:month|quarter)",
    r"\b(?:two|2|three|3|one|1) (?:remote|wfh|home ?office|home-office) (?:days?|tage)\b",
    r"\bdays? (?:a|per|/) ?week remote|\bremote days\b|\bin the office (?:together )?most days",
    r"\bwfh [1-3] days",
    r"\bwork (?:from home|remotely) (?:up to )?(?:one|two|three|[1-3]) days",
    r"\bmix(?:ture)? of (?:remote|in[- ]office|in[- ]person|office|onsite|home)",
    r"\btime between (?:home|working remotely|the office|remote|our)|\btime split between working remotely",
    r"\bteilweise (?:im )?home|\bhybrides? (?:arbeit|modell)|\bmobiles arbeiten\b|\btélétravail (?:partiel|\d|hybride|jusqu)|\d jours? de télétravail|\bhíbrid[oa]\b",
    r"\boccasional in-person attendance is required|\bonsite tuesday, wednesday,? and thursday|\bhybrid/remote|\bremote/hybrid",
)
_REMOTE_SURELY = (
    r"\b(?:100 ?%|fully|completely|entirely|permanently|primarily|predominantly) ?-?remote|\bremote co-?located\b",
    r"\b(?:this|the)(?: \w+){0,3}? (?:position|role|job|opportunity)(?: \w+){0,2}? (?:is|are|will be|can be)(?: \w+){0,3}? remote",
    r"\bthis (?:is an? )?(?:\w+[- ]){0,3}?remote (?:role|position|opportunity|job|contract|engineer|senior|internship)",
    _LABEL + r"remot[eo]\b",
    r"\bvollständig remote|\b100 ?% (?:home ?-?office|remot\w+|télétravail|teletrabajo)|\bfull remote\b|\btélétravail (?:complet|total|à 100)",
    r"\bwork remotely or|\bor (?:fully |100% )?remote(?:ly)?\b",
)
_ONSITE = (
    rf"\b(?:position|role|job|roles|positions|opportunity|internship|team|we) (?:is|are|will be|be|requires?|must be)(?: (?:a|an|fully|currently|primarily|100%|both|all|based|designed to be|entirely|expected to be|mostly|strictly|full[- ]time,?))* ?(?:\w+ )?(?:{_PRESENT}|office[- ]based)\b",
    rf"\bwe(?:['’]re| are|['’]re all| all| work| build| believe in)(?: \w+){{0,4}} {_PRESENT}\b",
    r"\brequires full[- ]time work (?:out of|from|in|at) our|\b(?:hours|hrs)(?: ?/ ?| per | a )(?:week|wk) in[- ]person|\blove working in[- ]person",
    r"\b(?:full[- ]time )?(?:role|position) at our [\w ,.]{2,40}?(?:office|hq|headquarters)\b",
    rf"\b(?:100%|fully|strictly|entirely|full[- ]time,?|all) (?:{_PRESENT}|present)\b",
    rf"\b(?:team|we|everyone) (?:all |primarily |mostly |mainly |currently )*works? (?:together )?(?:primarily |mostly )?(?:{_PRESENT}|from (?:the|our) [\w ,]{{0,25}}office)\b|\bin the retail store\b|\bon the sales floor\b",
    r"\bin[- ]office[- ]first|\boffice[- ]first\b|\bin[- ]person[- ](?:first|only|team|culture|company|role|position|work environment)",
    r"\b(?:onsite|on-site|in[- ]person|in[- ]office) (?:role|position|job|only|full[- ]time|work environment|5 days|five days|team|startup|culture|in (?:our )?(?:new york|nyc|san fran|sf|london|austin|palo|boston|seattle|los ang))",
    _LABEL + r"(?:onsite|on-site|on site|in[- ]person|in[- ]office|presencial)",
    r"(?:^|¦ |\|\s?|\()(?:onsite|on-site|in[- ]person|in[- ]office)\s?(?:\||\)|,? (?:in|at|\()|:|\.)",
    rf"\b{_MANY}\+?[- ]?(?:full )?days?(?: a| per|/| each|/ ?)? ?(?:week)?,? ?(?:\w+ ){{0,3}}?(?:in[- ](?:office|person)|onsite|on-site|in (?:the|our|one of our) |from (?:the|our|one of our) |at (?:the|our|one of our) )",
    rf"\b(?:{_PRESENT}|in our [\w /,]{{2,45}}office|from our [\w ,]{{2,25}}office)[^.¦]{{0,40}}?\b{_MANY}\+?[- ]?days?",
    r"\bmonday (?:through|to|-|–) friday (?:in|at|from) (?:the|our) office",
    r"\bwe (?:all )?(?:come|are|work|gather)(?: together)? (?:in|into|to|at|from) (?:the|our|one) office (?:every ?day|every single day|daily|each day|full[- ]time)",
    rf"\b(?:must|required to|expected to|able to|ability to|willing(?:ness)? to|need to|will) (?:work|be|report|come)(?: full[- ]time)? (?:{_PRESENT}|from (?:the|our) [\w ,]{{0,25}}office)\b",
    r"\b(?:requires?|require you to|expected to|involves)(?: \w+){0,3}? (?:work|working|be|being) (?:on-?site|on site|in[- ]person)\b",
    r"\bin-person (?:work(?:ing)? )?model|\bon-?site \|",
    r"\b(?:position|role|job) (?:is|will be) (?:based|located) (?:in|at|out of|from) (?:our|the) [\w .,’'/-]{2,40}(?:office|offices|hq|headquarters)\b",
    rf"\bpresence in (?:our|the) [^.¦]{{2,60}}? {_MANY} days",
    r"\bfor in-office employees|\bwork(?:ing)? on-?site during|\bvor ort (?:arbeiten|in unserem)|\barbeitest (?:\w+ ){0,2}?vor ort|\bwork(?:ing)?[- ]from[- ]office\b|\bpresencial\b|\bfully present\b|\bno remote\b|\bnot (?:a )?remote\b|\bthis is an? (?:full[- ]time,? )?(?:in[- ]person|onsite|on-site|in[- ]office)|#(?:li|bi|\w\w)-?\s?on-?site",
)
_REMOTE = (
    r"\bremote[- ‑](?:first|only|native|friendly|flexible)\b|\bin-person collaboration [1-9](?:-[1-9])? times? (?:per|a) (?:half|year)",
    r"\b(?:this|our|a|an|being|primarily|is|be|as|for|for a|fully) (?:\w+[- ]){0,3}?remote (?:role|position|opportunity|job|contract|engineer|senior|generalist|company|team|internship)\b",
    r"\b(?:position|role|job|opportunity|work)s? (?:is|are|will be|can be|may be)(?: \w+){0,3}? (?:remote|performed remotely|done remotely|remotely)\b",
    r"(?:^|¦ |\|\s?)remot[eo]\s?(?:\||\(|-|–|,)|\bremote - |\b(?:contract|full[- ]time|part[- ]time)\)?,? (?:\((?:contract|full[- ]time|part[- ]time)\),? )?remote\b|\bwork(?:ing)? from anywhere\b|\bwork(?:ing)? from home (?:position|role|full)|\bflexibility (?:of|to) work(?:ing)? from home\b",
    r"\b(?:you can|you may|option to|able to|ability to|freedom to|can|will|may|choose to|free to|hire|employees|team|opportunity to) (?:be |choose to )?work(?:s|ing)? (?:fully |100% |entirely )?(?:remote(?:ly)?|from home|from anywhere)\b",
    r"\bhire[^.¦]{0,30} anywhere in\b|\b(?:candidates|based|located|employees|work|live|open to)[^.¦]{0,25} anywhere (?:in|within) (?:the )?(?:u|eu|can|ger|germany|india|mexico|brazil|spain|latin|north|these|our|this|your)",
    r"\bfull[- ]time,? remote (?:role|position|job)|\(remote (?:position|role|job)|\blocation[- ]independent\b|\boperate an? (?:\w+ )?remote (?:workforce|team|company|organi[sz]ation)",
    r"\bno (?:formal )?requirement to work (?:from|in) (?:the|an|our) office|\bremotely from\b|\bfully distributed\b|\bremote within\b|\bremote \((?:u\.?s|usa|uk|eu|canada|within|anywhere|north|global)|\bremote (?:in|from|across) (?:the )?(?:us|u\.s|uk|canada|europe|germany|india|spain)\b|\bremote work supported|\bcompletely remote|\b(?:in|within|for|of) an? (?:fully |distributed,? |100% )?remote (?:setting|environment|work environment|working environment|set-?up|culture)|\bteletrabajo\b|\boperate[sd]? (?:primarily )?as a remote",
)
_NOT_THIS_JOB = "|".join(
    (
        r"remote jobs associated with|vary from team to team|flexible/remote work approach|some roles (?:are|in)|some roles,[^.¦]{0,40}? are (?:hybrid|onsite|remote)|(?:workshop|interviews?|process|trial|final round)[^.¦]{0,40}? remote or on-?site|certain (?:roles|teams)|(?:not|n['’]t) (?:offer|support|have|provide|allow) (?:[\w-]+ or )?(?:remote|hybrid)(?: or (?:hybrid|remote))?|unless formally approved to work fully remotely|work[- ]from[- ]anywhere (?:months?|weeks?|days?|for (?:up to|a)|up to|policy|program|\()|hybrid or remote options|hybrid, office-based,? and remote",
        r"\bhybrid[- ](?:cloud|compute|workload|on-prem|team of|infrastructure|multi|casual|game|architect|mobile|app\b|apps|search|electric|vehicle|systems?|environment and|data|deployment|ecosystem|retriev|approach to|engine|propulsion|publisher|quantum|human|agile|on-prem|it\b|networks?|identity|ai\b|api)\w*",
        r"remote (?:sensing|monitoring|control|patient|desktop|access|procedure|clients|management|diagnostic|work (?:set ?up|stipend|equipment|allowance)|workplace|and in-person hackathons|office stipend|sites?|hands|support tools|server|code execution|vehicle|operations center|driving|teleop|debug)\w*",
        r"(?:wfh|work[- ]from[- ]home|home[- ]office) (?:stipend|setup|set-up|allowance|budget|equipment|fund|reimburse)\w*",
        r"(?:onsite|on-site) (?:interview|visit|customer|client|gym|support|engineering projects|implementations?|execution|meetings?|parking|childcare|cafeteria|clinic|lunch|final|stage|deployment|train|services?|massage|technical|event|bike|fitness)\w*",
        r"(?:an?|the|final|virtual|second|last) on-?site (?:in our|with|interview|\(|where|loop|at our)|schedule an onsite",
        r"in[- ]person (?:or virtual|care|visits?|meeting|events?|trade|gather|off-?sites?|client|interview|hackathon|training|onboarding|summit|retreat|team (?:events|gather)|meetups?|connection|engagement|moments)\w*",
        rf"{_PRESENT} (?:as needed|when|occasion\w*|quarter\w*|several|a few|twice|once|at least (?:once|twice|quarterly))",
        r"\bfor \w+-based teammates|whether remote, hybrid,? or (?:in-office|on-?site|in-person)",
        rf"(?:lunch|dinner|breakfast|meal|snack|cater|bagel)\w*[^.¦]{{0,40}}?\b(?:{_FEW}|{_MANY})(?:x|{_DAYS})[^.¦]{{0,14}}week",
    )
)


def _fast(pattern: str) -> str:
    """ASCII boundaries and word characters, case ignored: the Unicode ones need an engine a hundred times slower."""
    return "(?i)" + pattern.replace(r"\b", r"(?-u:\b)").replace(r"\w", "[0-9A-Za-z_]").replace(r"\s", "[ ]").replace(
        r"\d", "[0-9]"
    )


_AT_ONCE = 3
"""Alternatives matched together: many in one regex overflow its cache of states and cost four times as much."""
_TEXT_RULES = tuple(
    (mode, _fast("|".join(rules[at : at + _AT_ONCE])))
    for mode, rules in (
        ("hybrid", _TAGGED_HYBRID),
        ("remote", _TAGGED_REMOTE),
        ("remote", _EITHER),
        ("hybrid", _HYBRID),
        ("remote", _REMOTE_SURELY),
        ("onsite", _ONSITE),
        ("remote", _REMOTE),
    )
    for at in range(0, len(rules), _AT_ONCE)
)
"""In this order: who leaves the choice is remote; who asks for some days in the office is hybrid whatever else is said."""
_NOT_THIS_JOB_RULE = _fast(_NOT_THIS_JOB)
_DAYS_RULE = _fast(rf"\bhybrid\b|{_FEW}{_DAYS}(?:a |per |each |/)?(?:week )?in (?:the|our) office")


def _zones(texts: pl.Series) -> pl.DataFrame:
    """Columns `row` and `zone`: for each text with an anchor the pieces around its anchors, joined.

    The pieces are cut and joined by bytes and decoded once per text; the few bytes of a character cut in half go.
    """
    hits = (
        pl.select(pl.lit(texts).str.find_many(list(_ANCHORS), ascii_case_insensitive=True).alias("at"))
        .with_row_index("row")
        .filter(pl.col("at").list.len() > 0)
        .explode("at")
        .with_columns(pl.col("row").cast(pl.Int64), pl.col("at").cast(pl.Int64))
    )
    fresh = (pl.col("at") - pl.col("at").shift(1) > _BEFORE + _AFTER) | (pl.col("row") != pl.col("row").shift(1))
    spans = (
        hits.with_columns(fresh.fill_null(True).cum_sum().alias("piece"))
        .group_by("piece", maintain_order=True)
        .agg(pl.col("row").first(), pl.col("at").first().alias("first"), pl.col("at").last().alias("last"))
    )
    start = (pl.col("first") - _BEFORE).clip(lower_bound=0)
    pieces = spans.with_columns(texts.cast(pl.Binary).gather(spans["row"]).alias("text")).select(
        "row", pl.col("text").bin.slice(start, pl.col("last") + _AFTER - start).alias("zone")
    )
    decoded = pl.Series([piece.decode("utf-8", "ignore") for piece in pieces["zone"]], dtype=pl.String)
    return (
        pieces.with_columns(decoded.alias("zone"))
        .group_by("row", maintain_order=True)
        .agg(pl.col("zone").str.join(_CUT))
        .select_seq(
            "row",
            pl.col("zone")
            .str.replace_all("\n", " ", literal=True)
            .str.replace_all("[‐‑]", "-")
            .str.replace_all("  +", " ")
            .str.replace_all(_NOT_THIS_JOB_RULE, " – "),
        )
    )


def _mode_of_words(asked: matching.Questions, column: str) -> pl.Expr:
    """The mode a location or a title names; hybrid where it names two."""
    remote, onsite = asked.contains(column, _SAYS_REMOTE), asked.contains(column, _SAYS_ONSITE)
    return (
        pl.when(remote & asked.contains(column, _SAYS_CHOICE)).then(pl.lit("remote"))
        .when(asked.contains(column, _SAYS_HYBRID) | (remote & onsite)).then(pl.lit("hybrid"))
        .when(remote).then(pl.lit("remote"))
        .when(onsite).then(pl.lit("onsite"))
    )  # fmt: skip


def _mode_of_source(asked: matching.Questions) -> pl.Expr:
    """The mode the source's own field names, whatever its spelling ("FULLY_REMOTE", "telecommuting", "On-site")."""

    def says(pattern: str) -> pl.Expr:
        return asked.contains("source_words", pattern)

    return (
        pl.when(says(_SAYS_HYBRID)).then(pl.lit("hybrid"))
        .when(says(r"(?i)\bno[nt]? remote")).then(pl.lit("onsite"))
        .when(says(_SAYS_REMOTE) | says("(?i)home")).then(pl.lit("remote"))
        .when(says(_SOURCE_ONSITE)).then(pl.lit("onsite"))
    )  # fmt: skip


@cache
def _words_rules() -> tuple[matching.Questions, list[pl.Expr]]:
    """What is asked of the source's words, the location and the title, and the mode that each of them names."""
    asked = matching.Questions()
    in_title = pl.when(~asked.contains("title", _NO_MODE_IN_TITLE)).then(_mode_of_words(asked, "title"))
    return asked, [
        _mode_of_source(asked).alias("source"),
        _mode_of_words(asked, "location").alias("location_mode"),
        in_title.alias("title_mode"),
    ]


@cache
def _text_rules() -> tuple[matching.Questions, pl.Expr]:
    """What is asked of the pieces of a text, and the mode by the first rule that holds."""
    asked = matching.Questions()
    asked.contains("zone", _DAYS_RULE)
    told = (pl.when(asked.contains("zone", rule)).then(pl.lit(mode)) for mode, rule in _TEXT_RULES)
    return asked, pl.coalesce(told).alias("text_mode")


def _work_mode(postings: pl.DataFrame, cities: list[str | None]) -> pl.DataFrame:
    """Columns `mode`, where it was read (`source`, `location`, `text`, `title`), and the `zone` of the text.

    The source's field goes first, then the location, then the text, then the title. A location that offers remote work
    among other places counts less than days in the office that the text asks for.
    """
    asked, read = _words_rules()
    words = asked.answered(
        postings.select(
            "title",
            "location",
            "work_mode_raw",
            pl.col("work_mode_raw").str.replace_many(["-", "_"], [" ", " "]).alias("source_words"),
        )
    ).select("title", "location", "work_mode_raw", *read)
    offers = (words["location_mode"] == "remote").fill_null(False) & pl.Series(cities, dtype=pl.String).is_not_null()
    is_open = (
        words["source"].is_null() & (words["location_mode"].is_null() | offers) & is_readable(postings["language"])
    )
    asked_rows = is_open.arg_true().cast(pl.Int64)
    zones = matching.run("zones", 3, _zones, postings["text"].gather(asked_rows))
    in_text, text_mode = _text_rules()
    told = in_text.answered(zones).select(
        pl.lit(asked_rows).gather(pl.col("row")).alias("row") if zones.height else pl.col("row"),
        text_mode,
        in_text.contains("zone", _DAYS_RULE).alias("has_days"),
        "zone",
    )
    return (
        words.with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64), offers.alias("offers"))
        .join(told, on="row", how="left", maintain_order="left")
        .select(
            pl.coalesce(
                "source",
                pl.when(pl.col("offers") & pl.col("has_days")).then(pl.lit("hybrid")),
                "location_mode",
                pl.when(pl.col("title_mode") == "hybrid").then("title_mode"),
                "text_mode",
                "title_mode",
            ).alias("mode"),
            "source",
            "location_mode",
            "text_mode",
            "zone",
        )
    )


def _mode_span(read: pl.DataFrame, postings: pl.DataFrame) -> pl.Series:
    """The words that named the mode."""
    in_zone = pl.coalesce(
        pl.when((pl.col("text_mode") == mode) & pl.col("zone").str.contains(rule)).then(
            pl.col("zone").str.extract(f"({rule})")
        )
        for mode, rule in _TEXT_RULES
    )
    return (
        read.with_columns(postings["title"], postings["location"], postings["work_mode_raw"])
        .select(
            pl.when(pl.col("mode").is_null()).then(None)
            .when(pl.col("source").is_not_null()).then(pl.col("work_mode_raw"))
            .when(pl.col("mode") == pl.col("location_mode")).then(pl.col("location"))
            .when(pl.col("mode") == pl.col("text_mode")).then(in_zone)
            .when(pl.col("zone").str.contains(_DAYS_RULE)).then(pl.col("zone").str.extract(f"({_DAYS_RULE})"))
            .otherwise(pl.col("title"))
        )
        .to_series()
    )  # fmt: skip


_COUNTRY_NAMES = (
    r"US|U\.S\.A?|USA|United States(?: of America)?|UK|U\.K|United Kingdom|Canada|Germany|Deutschland|France|Spain|España|Italy|India|Ireland|"
    r"Netherlands|Poland|Portugal|Australia|Singapore|Japan|Brazil|Mexico|Israel|Switzerland|Sweden|Argentina|Colombia|Philippines|Ukraine|Romania"
)
_COUNTRY_IN_TEXT = (
    r"(?-u:\b)(?:[Aa]nywhere|located|[Bb]ased|resid(?:e|ing)|liv(?:e|ing)|[Rr]emote(?:ly)?|[Ww]ork(?:ing)?|[Ee]ligible to work|[Aa]uthori[sz](?:ed|ation) to work|legally|hir(?:e|ing)|[Ee]mployees|[Cc]andidates|[Aa]pplicants|[Rr]ole|[Pp]osition|[Oo]pen to)(?-u:\b)"
    rf"[^.;:\n]{{0,50}}?(?-u:\b)(?:in|within|from|across|to|throughout|inside)[ ]+(?:the[ ]+|all of the[ ]+)?(?:continental[ ]+)?(?P<country>{_COUNTRY_NAMES})(?-u:\b)"
    rf"|(?-u:\b)(?P<based>{_COUNTRY_NAMES})\.?[- ](?:based|only|residents?|citizens?|[Ww]ork [Aa]uthori[sz]ation)(?-u:\b)|(?-u:\b)[Rr]emote ?[-–(,] ?(?P<dash>{_COUNTRY_NAMES})(?-u:\b)|(?-u:\b)(?P<eligible>{_COUNTRY_NAMES}) ?[-–] ?[Rr]emote (?:[Ee]ligible|[Ff]riendly)(?-u:\b)"
)
_AMERICAN = r"(?-u:\b)401 ?\(?[kK]\)?|(?-u:\b)E-Verify(?-u:\b)|(?-u:\b)W-2(?-u:\b)"
_CITY_IN_TEXT = re.compile(
    r"\b(?:[Oo]ffices?|[Bb]ased|[Ll]ocated|[Cc]ampus|[Oo]nsite|[Ii]n-person|[Ii]n person|[Ss]tandort|[Bb]üro|[Bb]ureaux)\b[^.\n;]{0,60}?\b(?:in|at|à|en)\s+(?:the \w+ Campus in )?(?P<city>[A-ZÀ-Ý][\w’'-]+(?: [A-Z][\w’'-]+)?)"
)
_NORTH_AMERICA = re.compile(r"(?i)\W*(?:remote\W+)?(?:north america|nam|amer)(?:\W+remote)?\W*$")
"""Two countries at the most: the text's country, or its American benefits, tell which comes first."""
_PLACES_IN_TITLE = (
    re.compile(r"\((?P<place>[^()]+)\)\s*$"),
    re.compile(r"\s[-–|]\s(?P<place>[A-Z][\w .,]+)$"),
    re.compile(r"\s[-–|]\s(?P<place>[A-Z][\w .,]+?)\s*\([^()]*\)\s*$"),
)


def _country_elsewhere(
    title: str, location: str, text: str, groups: dict[str, str | None], plan: str | None
) -> gazetteer.Place | None:
    """Where a location names no country: the title's own place, who may apply, an office's city, a country's benefits."""
    for named in filter(None, (pattern.search(title) for pattern in _PLACES_IN_TITLE)):
        words = named["place"].strip()
        place = gazetteer.locate(words)
        if place.country and place.is_named and (len(words) > 2 or words in {"US", "UK"}):
            return place
    applicants = next((name for name in groups.values() if name), None)
    country = gazetteer.country_named(applicants) if applicants else None
    if "remote" not in location.lower():
        for match in _CITY_IN_TEXT.finditer(text):
            city = gazetteer.large_city(match["city"]) or gazetteer.large_city(match["city"].split()[0])
            if city:
                return gazetteer.Place(city.country, city.name, True)
    if country is None and plan:
        country = "US"
    return gazetteer.Place(country, None, True) if country else None


def _places(postings: pl.DataFrame) -> list[gazetteer.Place]:
    """What each location names, with the source's own country as a hint."""
    hints = map(gazetteer.country_code, postings["country_raw"].to_list())
    return [gazetteer.locate(words, hint) for words, hint in zip(postings["location"].to_list(), hints, strict=True)]


def countries(postings: pl.DataFrame) -> pl.Series:
    """ISO 3166 alpha-2 country by the place and the source's own field alone, null where they do not tell."""
    return pl.Series("country", [place.country for place in _places(postings)], dtype=pl.String)


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Read `country` (ISO 3166 alpha-2), `city` and `work_mode` (remote, hybrid, onsite), same height and order."""
    locations = postings["location"].to_list()
    found = _places(postings)
    country, city = [place.country for place in found], [place.city for place in found]
    words = [location if place.country else None for location, place in zip(locations, found, strict=True)]
    readable = is_readable(postings["language"]).to_list()
    silent = [
        row for row, place in enumerate(found)
        if place.country is None
        and readable[row]
        and (not gazetteer.is_broad(locations[row]) or _NORTH_AMERICA.match(locations[row] or ""))
    ]  # fmt: skip
    if silent:
        asked = postings[silent].select(
            "title", "location", "text",
            pl.col("text").str.extract_groups(_COUNTRY_IN_TEXT).alias("groups"),
            pl.col("text").str.extract(f"({_AMERICAN})").alias("plan"),
        )  # fmt: skip
        for row, given in zip(silent, asked.iter_rows(), strict=True):
            place = _country_elsewhere(*given)
            if place:
                country[row], city[row] = place.country, place.city
                words[row] = next((name for name in (*given[3].values(), given[4], place.city) if name), given[0])
    mode = _work_mode(postings, [place.city for place in found])
    columns = {
        "country": pl.Series(country, dtype=pl.String),
        "city": pl.Series(city, dtype=pl.String),
        "work_mode": mode["mode"].alias("work_mode"),
    }
    if explain:
        columns["country_span"] = pl.Series(words, dtype=pl.String)
        columns["city_span"] = pl.Series(
            [span if name else None for span, name in zip(words, city, strict=True)], dtype=pl.String
        )
        columns["work_mode_span"] = _mode_span(mode, postings).alias("work_mode_span")
    return pl.DataFrame(columns)
