"""Knows how a title, and where it is silent the text, tells the seniority of a posting."""

from __future__ import annotations

from functools import cache

import polars as pl

from warehouse.enrich import cues, matching

FIELDS: tuple[str, ...] = ("level",)

# First match wins: what a person is called outranks how seasoned they are ("Senior Director", "Staff Engineering Manager").
_INTERN = (
    r"\b(?:interns?|internships?|praktikant(?:in)?|praktikum|werkstudent(?:in|:in|\*in)?|working student|student worker|"
    r"stagiaire|alternance|alternante?|apprentice(?:ship)?|auszubildende|co-?op|becari[oa]|pr[aá]cticas|stage)\b"
)
_NOT_INTERN = r"\b(?:early|growth|late|multi|seed|back|front)[ -]stage\b|\bstage (?:manager|technician)\b"
_C_LEVEL = (
    r"\bchief (?:[\w&,/-]+ ){1,4}officer\b|\bchief (?:data )?(?:scientist|architect of the company)\b.*\bofficer\b|"
    r"^(?:\W|interim |acting |fractional |founding |deputy |group )*(?:cto|cdo|ceo|cfo|coo|ciso|cpo|cmo|cro|caio|cio)\b"
)
_VP = r"\b(?:svp|evp|vp|vice[- ]president|vice[- ]présidente?)\b"
_DIRECTOR = (
    r"\b(?:director(?:a)?|directrice|directeur|head of|head|leiter(?:in)?|(?:bereichs|abteilungs)leiter(?:in)?)\b"
)
_NOT_DIRECTOR = (
    r"\b(?:account|art|creative) director\b|\bheads? (?:subsystem|start|count|hunter)|\bheadless\b|\bassistant to\b"
)
_ASSISTANT = r"\b(?:executive|personal|administrative) (?:business )?(?:assistant|partner)\b|\bassistant to\b"
_TECH_LEAD_MANAGER = r"\b(?:tech(?:nical)? lead manager|tlm|player[- ]coach)\b"
_PEOPLE_CRAFT = (
    r"(?:engineering|software(?: engineering| development)?|development|data(?: \w+)?|\w*science|scientists?|analytics|research|machine learning|ml|ai|"
    r"design|infrastructure|platform|devops|sre|reliability|qa|quality engineering|support|technical support|it|network|cloud|backend|frontend|"
    r"mobile|web|applications?|engineers?|team|shift|store|general|warehouse|site|studio|lab|laboratory|call center|contact center|"
    r"sdr|bdr|sales|inside sales|sales development|sales engineering|solutions engineering|solutions architecture|account management|"
    r"(?:technical )?account management|customer success management|recruiting|talent acquisition|accounting|professional services|development team)"
)
_PEOPLE_MANAGER = (
    rf"\b{_PEOPLE_CRAFT} manager\b|\bmanager i{{0,3}},? (?:(?:of|,|-|–|:) ?)?(?:\w+[ &/-]+){{0,3}}?{_PEOPLE_CRAFT}\b|"
    r"\b(?:engineer|engineering|scientist|developer|data scientist) manager\b|"
    r"^(?:sr\.? |senior |senior ?/ ?|associate |regional )?(?:manager|mgr)(?: i{1,3})?\b|"
    r"\bsupervisor\b|\b(?:shift|site|store|floor) lead\b|\bteam (?:lead|leader|manager)\b|\b(?:sales|team|shift|practice|gtm|regional|squad) leader\b|"
    r"\bteamleit(?:er|erin|ung)\b|\bgruppenleit(?:er|erin|ung)\b|\bchef d['’]équipe\b|\bresponsable d['’]équipe\b|\bjefe de equipo\b|"
    r"\bcaptain\b|\bforeman\b|\bdev(?:elopment)? manager\b"
)
# "manager" of a thing, not of people: the rest of the title then tells how senior the craft is.
_CRAFT_MANAGER = (
    r"\b(?:business development|product|program(?:me)?|project|account|accounts|marketing|community|partner|partners|partnerships?|success|campaigns?|content|media|brand|"
    r"events?|category|portfolio|release|delivery|change|risk|compliance|contracts?|relationship|territory|channels?|"
    r"alliances?|procurement|sourcing|supply chain|vendor|enablement|growth|activation|onboarding|implementation|"
    r"engagement|strategy|communications|client|customer|policy|crm|seo|lifecycle|case|office|incident|security|operations|technology|success|learning|benefits|compensation|payroll|facilities|logistics|inventory|quality) manager\b"
)
_PRINCIPAL = r"\b(?:principal|distinguished|fellow|partner engineer|architect|architecte|architekt(?:in)?|chief (?:scientist|architect|engineer|economist))\b"
_STAFF = r"\b(?:staff|leads?|lead\b|tech lead|tl|leading|iv|l6|l7)\b|\b(?:v|vi)\s*(?:$|[,(|/–-])|\b(?:engineer|developer|analyst|scientist|manager|architect|sde|swe) [4-6]\b"
_SENIOR = r"\b(?:senior|sr|snr|sénior|iii|l5|confirmé|sperimentato|(?:engineer|developer|analyst|scientist|manager|sde|swe) 3)\b"
_ENTRY = (
    r"\b(?:junior|jr|entry[- ]level|new (?:college |university )?grad(?:uate)?s?|(?:recent |university |college |campus )?graduates?|early[- ](?:career|talent)|university grad\w*|"
    r"associate|trainee|apprentice|berufseinsteiger(?:in)?|débutant|rotational|residency|"
    r"(?:engineer|developer|analyst|scientist|specialist|technician|representative|associate|sde|swe) (?:i|1)|level (?:i|1)|l3)\b|\(entry\)|[-–,] ?entry$|\bi\s*(?:$|[,(|/–-])"
)
_NOT_ENTRY = r"\b(?:associate (?:director|partner|general counsel|vice|manager)|senior associate|laboratory manager|graduate (?:school|program))\b"
_MID = (
    r"\b(?:mid|mid[- ]level|intermediate|medior|experienced|ii|l4|(?:engineer|developer|analyst|scientist|sde|swe) 2)\b"
)
_ALTERNATIVES = r"\bl5 ?[/-] ?l6\b|\b(?:senior|sr\.?) ?(?:/|or|\||&|and|to|-|–) ?(?:staff|principal|lead)\b"


def _title() -> pl.Expr:
    return (
        pl.col("title")
        .str.to_lowercase()
        .str.replace_all(r"[\xA0_]", " ")
        .str.replace_all(r"\bmember of (?:the )?technical staff\b", "mts")
    )


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Level of each posting, one of `LEVELS`; `explain` adds the words it was read from."""
    found = cues.find(postings)
    asked, marks, level = _rules()
    counts = pl.DataFrame(
        {
            "manages": found.count("manages_people") > 0,
            "is_new": (found.count("for_graduates") > 0) & (found.count("hires_others") == 0),
            "is_senior_sought": found.count("sought_senior") > 0,
            "is_staff_sought": found.count("sought_staff") > 0,
        }
    )
    titles = matching.run("level", 3, postings.select_seq, _title().alias("title"))
    result = asked.answered(titles).with_columns(**marks).hstack(counts).select(level=level)
    if explain:
        result = result.with_columns(level_span=_span(postings, result["level"], found))
    return result


@cache
def _rules() -> tuple[matching.Questions, dict[str, pl.Expr], pl.Expr]:
    """What is asked of the title in lower case, the marks told from the answers, and the level from those and the text."""
    asked = matching.Questions()

    def says(pattern: str) -> pl.Expr:
        return asked.contains("title", pattern)

    marks = dict(
        is_intern=says(_INTERN) & ~says(_NOT_INTERN),
        is_c_level=says(_C_LEVEL) & ~says(_ASSISTANT),
        is_vp=says(_VP) & ~says(_ASSISTANT),
        is_director=says(_DIRECTOR) & (~says(_NOT_DIRECTOR) | says(r"\bhead of\b")) & ~says(_ASSISTANT),
        is_people_manager=(says(_PEOPLE_MANAGER) | says(_TECH_LEAD_MANAGER)),
        is_manager=says(r"\bmanager(?:in|s)?\b|\blead(?:er)?$|\bgerente\b"),
        is_craft=says(_CRAFT_MANAGER),
        is_either=says(_ALTERNATIVES),
        is_principal=says(_PRINCIPAL),
        is_senior_principal=says(r"\b(?:senior|sr\.?) principal\b"),
        is_staff=says(_STAFF) & ~says(r"\bchief of staff\b"),
        is_senior=says(_SENIOR),
        is_entry=says(_ENTRY) & ~says(_NOT_ENTRY),
        is_mid=says(_MID),
    )
    level = (
        pl.when("is_intern").then(pl.lit("intern"))
        .when("is_c_level").then(pl.lit("c_level"))
        .when("is_vp").then(pl.lit("vp"))
        .when("is_director").then(pl.lit("director"))
        .when(pl.col("is_people_manager") & ~pl.col("is_craft")).then(pl.lit("manager"))
        .when(pl.col("is_people_manager") & pl.col("is_manager") & pl.col("manages")).then(pl.lit("manager"))
        .when("is_either").then(pl.lit("senior"))
        .when("is_senior_principal").then(pl.lit("principal"))
        .when(pl.col("is_principal") & ~pl.col("is_senior") & ~says(r"\bstaff ?(?:/|or) ?(?:senior )?(?:staff|principal)")).then(pl.lit("principal"))
        .when("is_staff").then(pl.lit("staff"))
        .when("is_senior").then(pl.lit("senior"))
        .when("is_entry").then(pl.lit("entry"))
        .when("is_mid").then(pl.lit("mid"))
        .when(pl.col("is_manager") & ~pl.col("is_craft") & pl.col("manages")).then(pl.lit("manager"))
        .when("is_staff_sought").then(pl.lit("staff"))
        .when("is_senior_sought").then(pl.lit("senior"))
        .when("is_new").then(pl.lit("entry"))
        .otherwise(pl.lit("mid"))
    )  # fmt: skip
    return asked, marks, level


_SHOWN_BY = {
    "intern": _INTERN,
    "c_level": _C_LEVEL,
    "vp": _VP,
    "director": _DIRECTOR,
    "manager": rf"{_PEOPLE_MANAGER}|{_TECH_LEAD_MANAGER}|\b(?:manager(?:in|s)?|gerente)\b|\blead(?:er)?$",
    "principal": _PRINCIPAL,
    "staff": _STAFF,
    "senior": rf"{_ALTERNATIVES}|{_SENIOR}",
    "entry": _ENTRY,
    "mid": _MID,
}
"""The words of a title that each level is read from."""


def _span(postings: pl.DataFrame, level: pl.Series, found: cues.Found) -> pl.Series:
    """The words that named the level: of the title, else of the text, else the whole title, which names none."""
    in_title = pl.coalesce(
        pl.when(pl.col("level") == name).then(pl.col("title").str.extract(f"(?i)({pattern})"))
        for name, pattern in _SHOWN_BY.items()
    )
    in_text = pl.Series(
        found.spans("manages_people", "sought_senior", "sought_staff", "for_graduates"), dtype=pl.String
    )
    is_told = level != "mid"
    return (
        postings.select("title")
        .with_columns(level, told=in_text.zip_with(is_told, pl.Series([None], dtype=pl.String)))
        .select(pl.coalesce(in_title, "told", "title"))
        .to_series()
    )
