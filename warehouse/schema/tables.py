"""Every public table and column of a snapshot, declared once: DDL, comments and the data dictionary come from here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its DuckDB type, what it means, its unit where it has one, and its values where they are few."""

    name: str
    type: str
    comment: str
    unit: str | None = None
    values: tuple[str, ...] = ()
    is_nullable: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A public table, one row per `grain`, sorted by `sort` so that equal archives give equal files."""

    name: str
    comment: str
    grain: str
    columns: tuple[Column, ...]
    sort: tuple[str, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names in order."""
        return tuple(column.name for column in self.columns)


ROLES = (
    "ml_engineer",
    "data_scientist",
    "research_scientist",
    "data_engineer",
    "data_analyst",
    "software_engineer",
    "data_leader",
    "other",
)
DS_MLE = ("ml_engineer", "data_scientist", "research_scientist")
LEVELS = ("intern", "entry", "mid", "senior", "staff", "principal", "manager", "director", "vp", "c_level")
DEGREES = ("none", "bachelor", "master", "phd")
PAY_PERIODS = ("year", "month", "week", "day", "hour")
PAY_KINDS = ("base", "ote")
PAY_TIERS = ("structured", "text", "estimate")
WORK_MODES = ("remote", "hybrid", "onsite")
MARKETS = ("US", "India", "Singapore", "Europe", "other")
SIZE_CLASSES = ("small", "medium", "large")
PROVENANCES = ("crawl", "import", "panel", "sample")
VERDICTS = ("supported", "contradicted", "inconclusive", "too_few", "not_testable")


def _c(
    name: str, type: str, comment: str, unit: str | None = None, values: tuple[str, ...] = (), *, key: bool = False
) -> Column:
    return Column(name, type, comment, unit, values, is_nullable=not key)


CODEBOOK: tuple[Column, ...] = (
    _c("role", "VARCHAR", "Family of the work, exactly one; the codebook defines each.", values=ROLES),
    _c("role_strict", "VARCHAR", "The role where the title alone names it beyond doubt; null otherwise.", values=ROLES),
    _c("level", "VARCHAR", "Seniority, exactly one.", values=LEVELS),
    _c(
        "degree_min", "VARCHAR", "Lowest degree the posting requires; none where no degree is required.", values=DEGREES
    ),
    _c("degree_equivalent", "BOOLEAN", "Experience is accepted in lieu of the required degree."),
    _c("degree_preferred", "VARCHAR", "Highest degree named as preferred.", values=DEGREES),
    _c("phd_mentioned", "BOOLEAN", "A doctorate is named anywhere as a qualification."),
    _c("years_min", "DOUBLE", "Fewest years of experience asked overall; null if none is asked.", "years"),
    _c("pay_min", "DOUBLE", "Lower end of base pay as written.", "pay_currency per pay_period"),
    _c("pay_max", "DOUBLE", "Upper end of base pay as written.", "pay_currency per pay_period"),
    _c("pay_currency", "VARCHAR", "ISO 4217 code of the pay as written."),
    _c("pay_period", "VARCHAR", "Period the pay is given for.", values=PAY_PERIODS),
    _c("pay_kind", "VARCHAR", "base, or ote where only on-target earnings are given.", values=PAY_KINDS),
    _c(
        "pay_tier",
        "VARCHAR",
        "Where the pay was read: the source's structured field, the text, or an estimate.",
        values=PAY_TIERS,
    ),
    _c("work_mode", "VARCHAR", "Where the work can be done; null if nothing is said.", values=WORK_MODES),
    _c("country", "VARCHAR", "ISO 3166 alpha-2 of the first place of work; null when it cannot be told."),
    _c("city", "VARCHAR", "First place of work, as a city's name; null when it cannot be told."),
    _c("asks_ml", "BOOLEAN", "ML, AI or data-science skills are asked of the candidate."),
    _c("asks_software", "BOOLEAN", "Software-engineering practice beyond scripting is asked of the candidate."),
    _c("serves_models", "BOOLEAN", "The work includes putting models into production."),
    _c("tunes_models", "BOOLEAN", "The work includes training, tuning, evaluating or choosing models."),
    _c("asks_research", "BOOLEAN", "Publications, papers or a conference record are asked for."),
    _c("asks_math", "BOOLEAN", "Statistics or mathematics is asked for as knowledge or field of study."),
    _c("reports_to", "VARCHAR", "Title the role reports to, as written; null if not said."),
    _c("language", "VARCHAR", "ISO 639-1 code of the text's language; null when it cannot be told."),
)

TABLES: tuple[Table, ...] = (
    Table(
        "vacancy",
        "One opening, however often it was reposted or cross-posted.",
        "vacancy",
        (
            _c(
                "vacancy_id",
                "VARCHAR",
                "Stable identifier: source:board:posting of the first posting, #n for the n-th role of a comment.",
                key=True,
            ),
            _c("source", "VARCHAR", "ATS or feed of the original posting.", key=True),
            _c("board", "VARCHAR", "Board of the original posting.", key=True),
            _c("posting_id", "VARCHAR", "The source's own identifier of the original posting.", key=True),
            _c(
                "part", "INTEGER", "Which role of a comment with several, from 1; 0 for a posting of its own.", key=True
            ),
            _c(
                "provenance",
                "VARCHAR",
                "How it came: crawl, import, the bundled panel of facts, or the demo's sample boards, which stay out of every estimate.",
                values=PROVENANCES,
                key=True,
            ),
            _c("employer_id", "VARCHAR", "The employer, resolved across sources.", key=True),
            _c("employer_name", "VARCHAR", "The employer's name as most often written."),
            _c("title", "VARCHAR", "Title as written."),
            _c("url", "VARCHAR", "Where the posting was read."),
            *CODEBOOK,
            _c("location_raw", "VARCHAR", "Place as written."),
            _c("market", "VARCHAR", "Market of the country; null when the country cannot be told.", values=MARKETS),
            _c("pay_low_year", "DOUBLE", "Lower end of pay for a year of full-time work.", "pay_currency per year"),
            _c("pay_high_year", "DOUBLE", "Upper end of pay for a year of full-time work.", "pay_currency per year"),
            _c("pay_low_usd_year", "DOUBLE", "Lower end at the ECB rate of the month posted.", "USD per year"),
            _c("pay_high_usd_year", "DOUBLE", "Upper end at the ECB rate of the month posted.", "USD per year"),
            _c(
                "pay_low_ppp_usd_year",
                "DOUBLE",
                "Lower end at the World Bank's purchasing-power rate of the country.",
                "PPP USD per year",
            ),
            _c(
                "pay_high_ppp_usd_year",
                "DOUBLE",
                "Upper end at the World Bank's purchasing-power rate of the country.",
                "PPP USD per year",
            ),
            _c(
                "posted_at",
                "TIMESTAMP",
                "When the source says it was posted, UTC; null where the source fakes it.",
                "UTC",
            ),
            _c("source_closes_on", "DATE", "The closing date the source announces."),
            _c("first_seen_at", "TIMESTAMP", "First sighting.", "UTC", key=True),
            _c("last_seen_at", "TIMESTAMP", "Last sighting.", "UTC", key=True),
            _c(
                "closed_at",
                "TIMESTAMP",
                "When closing was established: a 404/410, or the second complete reading without it; null while open.",
                "UTC",
            ),
            _c(
                "closed_reason",
                "VARCHAR",
                "The evidence for closing: gone, or absent_twice.",
                values=("gone", "absent_twice"),
            ),
            _c("reopened", "INTEGER", "How often it came back after it was closed.", "times", key=True),
            _c(
                "is_left_truncated",
                "BOOLEAN",
                "First seen at the board's first reading, so it may have been open before.",
                key=True,
            ),
            _c("is_right_censored", "BOOLEAN", "Still open at the last reading.", key=True),
            _c("open_days_low", "DOUBLE", "Days from first to last sighting.", "days"),
            _c(
                "open_days_high",
                "DOUBLE",
                "Days from first sighting to the first complete reading without it; null while open.",
                "days",
            ),
            _c("n_sightings", "INTEGER", "Sightings merged into it.", "sightings", key=True),
            _c("n_postings", "INTEGER", "Postings merged into it; the weight when dedup is off.", "postings", key=True),
        ),
        ("vacancy_id",),
    ),
    Table(
        "vacancy_text",
        "The text that was interpreted; e-mail addresses and phone numbers are masked. Panel facts have none.",
        "vacancy with a text",
        (
            _c("vacancy_id", "VARCHAR", "The vacancy.", key=True),
            _c("text", "VARCHAR", "Plain text of the posting.", key=True),
            _c("text_hash", "VARCHAR", "Hash of the text.", key=True),
        ),
        ("vacancy_id",),
    ),
    Table(
        "vacancy_skill",
        "The skills a vacancy asks for.",
        "vacancy and skill",
        (
            _c("vacancy_id", "VARCHAR", "The vacancy.", key=True),
            _c("skill_id", "VARCHAR", "The skill.", key=True),
        ),
        ("vacancy_id", "skill_id"),
    ),
    Table(
        "sighting",
        "A posting as one board showed it at one instant, and the vacancy it was merged into.",
        "posting and instant",
        (
            _c("source", "VARCHAR", "ATS or feed.", key=True),
            _c("board", "VARCHAR", "Board.", key=True),
            _c("posting_id", "VARCHAR", "The source's identifier.", key=True),
            _c("part", "INTEGER", "Which role of a comment, from 1; 0 otherwise.", key=True),
            _c("sighted_at", "TIMESTAMP", "The instant.", "UTC", key=True),
            _c("crawl_id", "VARCHAR", "The crawl or import.", key=True),
            _c("content_hash", "VARCHAR", "Hash of what was shown."),
            _c("vacancy_id", "VARCHAR", "The vacancy it belongs to.", key=True),
            _c(
                "merge_reason",
                "VARCHAR",
                "Why it belongs there: original, same_id, repost, cross_post, or thread_repost.",
                key=True,
            ),
        ),
        ("source", "board", "posting_id", "part", "sighted_at"),
    ),
    Table(
        "employer",
        "An employer, with the source and date of each fact.",
        "employer",
        (
            _c("employer_id", "VARCHAR", "Identifier: the normalised name.", key=True),
            _c("employer_name", "VARCHAR", "Name as most often written.", key=True),
            _c("domain", "VARCHAR", "Its web domain."),
            _c(
                "size_class",
                "VARCHAR",
                "small under 200 employees, medium under 1,000, large from 1,000.",
                values=SIZE_CLASSES,
            ),
            _c("size_source", "VARCHAR", "Who says its size."),
            _c("size_as_of_on", "DATE", "When they said it."),
            _c("stage", "VARCHAR", "Funding stage as the source names it."),
            _c("stage_source", "VARCHAR", "Who says its stage."),
            _c("stage_as_of_on", "DATE", "When they said it."),
            _c("founded_year", "INTEGER", "Year founded."),
            _c("founded_source", "VARCHAR", "Who says so."),
            _c("n_vacancies", "INTEGER", "Vacancies in this snapshot.", "vacancies", key=True),
        ),
        ("employer_id",),
    ),
    Table(
        "skill",
        "The skill taxonomy.",
        "skill",
        (
            _c("skill_id", "VARCHAR", "Identifier.", key=True),
            _c("name", "VARCHAR", "Name for people.", key=True),
            _c("category", "VARCHAR", "Category.", key=True),
            _c("aliases", "VARCHAR[]", "Other spellings."),
            _c("is_ambiguous", "BOOLEAN", "The name is also an everyday word and needs evidence.", key=True),
            _c("esco_uri", "VARCHAR", "ESCO concept, where one exists."),
            _c("onet_name", "VARCHAR", "O*NET technology-skill name, where one exists."),
        ),
        ("skill_id",),
    ),
    Table(
        "role",
        "The roles, the essays' groups and official codes.",
        "role",
        (
            _c("role", "VARCHAR", "Role.", values=ROLES, key=True),
            _c("label", "VARCHAR", "Name for people.", key=True),
            _c("essay_group", "VARCHAR", "DS/MLE, SWE or rest.", key=True),
            _c("data_function", "VARCHAR", "modelling, data engineering or analytics; null for the rest."),
            _c("soc_2018", "VARCHAR", "SOC 2018 code nearest to it."),
            _c("definition", "VARCHAR", "What it is.", key=True),
        ),
        ("role",),
    ),
    Table(
        "supply_month",
        "People who seek work, counted by month and role; no text and no name is kept.",
        "source, month and role",
        (
            _c("source", "VARCHAR", "Forum.", key=True),
            _c("month_on", "DATE", "First day of the month.", key=True),
            _c("role", "VARCHAR", "Role sought.", values=ROLES, key=True),
            _c("n_seekers", "INTEGER", "Seekers.", "people", key=True),
        ),
        ("source", "month_on", "role"),
    ),
    Table(
        "benchmark",
        "Official and published series, shown beside estimates and never mixed into them.",
        "series, period and group",
        (
            _c("series", "VARCHAR", "Series identifier.", key=True),
            _c("title", "VARCHAR", "What it measures.", key=True),
            _c("publisher", "VARCHAR", "Who publishes it.", key=True),
            _c("licence", "VARCHAR", "Its licence.", key=True),
            _c("period_on", "DATE", "First day of the period.", key=True),
            _c("place", "VARCHAR", "Place it covers."),
            _c("grouping", "VARCHAR", "Group within the series, such as an occupation."),
            _c("value", "DOUBLE", "The value.", "see unit", key=True),
            _c("unit", "VARCHAR", "Unit of the value.", key=True),
            _c("n", "INTEGER", "Observations behind it, where given."),
            _c("claim_slugs", "VARCHAR[]", "Claims it stands beside."),
            _c("difference", "VARCHAR", "Why it differs from our estimates.", key=True),
        ),
        ("series", "period_on", "place", "grouping"),
    ),
    Table(
        "claim",
        "A sentence of an essay made checkable.",
        "claim",
        (
            _c("claim_slug", "VARCHAR", "Identifier.", key=True),
            _c("essay", "VARCHAR", "Essay: A, B, B2 or B3.", key=True),
            _c("essay_title", "VARCHAR", "Title and author of the essay.", key=True),
            _c("statement", "VARCHAR", "Our paraphrase of the sentence.", key=True),
            _c("question", "VARCHAR", "The claim as a question for the page.", key=True),
            _c("estimate_description", "VARCHAR", "What is estimated, in words."),
            _c("unit", "VARCHAR", "Unit of the estimate."),
            _c("rule", "VARCHAR", "The verdict rule in words, fixed before looking."),
            _c(
                "threshold_low",
                "DOUBLE",
                "Lower bound of the region that supports the claim; null if open.",
                "see unit",
            ),
            _c(
                "threshold_high",
                "DOUBLE",
                "Upper bound of the region that supports the claim; null if open.",
                "see unit",
            ),
            _c(
                "n_further_parts",
                "INTEGER",
                "Parts of the rule beyond the estimate that must hold too; null where not testable.",
            ),
            _c("finding_templates", "VARCHAR", "JSON: verdict to the sentence that states the finding."),
            _c("chart", "VARCHAR", "JSON: how the claim is drawn."),
            _c("method", "VARCHAR", "The method in plain words."),
            _c("sql", "VARCHAR", "The query that gives the number's raw form from this snapshot; runs as shown."),
            _c("caveats", "VARCHAR[]", "What the number is not."),
            _c("fields", "VARCHAR[]", "Codebook fields it rests on."),
            _c("would_change", "VARCHAR", "What would change the verdict."),
            _c("not_testable_reason", "VARCHAR", "Why postings cannot tell; null where they can."),
            _c("position", "INTEGER", "Order on the board.", key=True),
        ),
        ("position",),
    ),
    Table(
        "estimate",
        "A number with an interval, and the employers and vacancies it rests on.",
        "claim, measure, specification and group",
        (
            _c("claim_slug", "VARCHAR", "The claim.", key=True),
            _c("measure", "VARCHAR", "headline, or the name of a measure shown beside it.", key=True),
            _c("measure_label", "VARCHAR", "The measure in words.", key=True),
            _c(
                "specification",
                "VARCHAR",
                "Identifier of the specification; `headline` for the one that is judged.",
                key=True,
            ),
            _c("role_definition", "VARCHAR", "broad or strict.", values=("broad", "strict"), key=True),
            _c("dedup", "VARCHAR", "on counts vacancies, off counts postings.", values=("on", "off"), key=True),
            _c(
                "weighting", "VARCHAR", "per vacancy, or each employer alike.", values=("vacancy", "employer"), key=True
            ),
            _c("source_set", "VARCHAR", "all, or one source.", key=True),
            _c("region", "VARCHAR", "all, or one market.", key=True),
            _c("period", "VARCHAR", "all, a year, latest_24_months or latest_12_months.", key=True),
            _c("pay_tier", "VARCHAR", "all, or one tier of pay; all where pay plays no part.", key=True),
            _c(
                "group_kind",
                "VARCHAR",
                "all, market, size_class, year, source, or role: what the row breaks down by.",
                key=True,
            ),
            _c("group_value", "VARCHAR", "Value of the group; all for the whole.", key=True),
            _c("value", "DOUBLE", "Point estimate; null where too few.", "see unit"),
            _c("low", "DOUBLE", "Lower end of the interval.", "see unit"),
            _c("high", "DOUBLE", "Upper end of the interval.", "see unit"),
            _c("confidence", "DOUBLE", "Nominal coverage of the interval.", key=True),
            _c(
                "value_uncorrected",
                "DOUBLE",
                "Without correction for the classifier's measured error; null where none applies.",
                "see unit",
            ),
            _c("unit", "VARCHAR", "Unit of the value.", key=True),
            _c("n_vacancies", "INTEGER", "Vacancies it rests on.", "vacancies", key=True),
            _c("n_employers", "INTEGER", "Employers it rests on.", "employers", key=True),
            _c("n_unknown", "INTEGER", "Vacancies left out because a field could not be told.", "vacancies", key=True),
            _c("is_shown", "BOOLEAN", "False below 30 vacancies or 8 employers.", key=True),
            _c("verdict", "VARCHAR", "What this estimate alone would earn.", values=VERDICTS, key=True),
            _c("note", "VARCHAR", "Anything a reader must know of this row."),
        ),
        ("claim_slug", "measure", "specification", "group_kind", "group_value"),
    ),
    Table(
        "verdict",
        "What the interval of the headline earns under the written rule.",
        "claim",
        (
            _c("claim_slug", "VARCHAR", "The claim.", key=True),
            _c("verdict", "VARCHAR", "The verdict.", values=VERDICTS, key=True),
            _c("reason", "VARCHAR", "Why, in a sentence.", key=True),
            _c("finding", "VARCHAR", "The finding as a sentence with its number and dates.", key=True),
            _c("value", "DOUBLE", "Headline estimate.", "see unit"),
            _c("low", "DOUBLE", "Lower end of its 95 % interval.", "see unit"),
            _c("high", "DOUBLE", "Upper end of its 95 % interval.", "see unit"),
            _c("unit", "VARCHAR", "Unit."),
            _c("p_value", "DOUBLE", "Bootstrap p-value against the threshold."),
            _c("p_value_holm", "DOUBLE", "Holm-corrected across claims."),
            _c("n_vacancies", "INTEGER", "Vacancies it rests on.", "vacancies", key=True),
            _c("n_employers", "INTEGER", "Employers it rests on.", "employers", key=True),
            _c("n_specifications", "INTEGER", "Specifications with enough data.", key=True),
            _c("n_agreeing", "INTEGER", "Those whose own verdict is the same.", key=True),
            _c("data_from_on", "DATE", "First day of the data used."),
            _c("data_to_on", "DATE", "Last day of the data used."),
            _c("sources", "VARCHAR[]", "Sources used."),
        ),
        ("claim_slug",),
    ),
    Table(
        "quality",
        "How well each field is extracted, measured against labels made by reading.",
        "field, class and label set",
        (
            _c("field", "VARCHAR", "Codebook field.", key=True),
            _c("class", "VARCHAR", "Class of the field; all for the whole.", key=True),
            _c("label_set", "VARCHAR", "Which labels.", key=True),
            _c("metric", "VARCHAR", "accuracy, recall, precision, f1, macro_f1 or over_claim.", key=True),
            _c("value", "DOUBLE", "The figure.", "share"),
            _c(
                "low",
                "DOUBLE",
                "Lower end of the 95 % interval: Wilson's for shares, a bootstrap over postings for F1.",
                "share",
            ),
            _c("high", "DOUBLE", "Upper end of that interval.", "share"),
            _c("n_labelled", "INTEGER", "Labelled postings it rests on.", "postings", key=True),
            _c(
                "is_unseen",
                "BOOLEAN",
                "No rule, cue or weight has been corrected by these labels, so that the figure does not flatter.",
                key=True,
            ),
        ),
        ("field", "class", "label_set", "metric"),
    ),
    Table(
        "coverage",
        "Which boards answered and which fields are known, by source and month.",
        "source, month and subject",
        (
            _c("source", "VARCHAR", "ATS or feed.", key=True),
            _c("month_on", "DATE", "First day of the month.", key=True),
            _c("subject", "VARCHAR", "boards, or the name of a field.", key=True),
            _c("n", "INTEGER", "Boards asked, or vacancies.", key=True),
            _c("n_known", "INTEGER", "Boards complete, or vacancies with the field known.", key=True),
            _c("known_share", "DOUBLE", "The second over the first.", "share"),
        ),
        ("source", "month_on", "subject"),
    ),
    Table(
        "crawl_log",
        "What was asked, what answered, and why not; nothing that failed is missing here.",
        "reading of a board, or a failure",
        (
            _c("crawl_id", "VARCHAR", "The crawl or import.", key=True),
            _c("source", "VARCHAR", "ATS or feed.", key=True),
            _c("board", "VARCHAR", "Board.", key=True),
            _c("company", "VARCHAR", "Company the board list names."),
            _c("asked_at", "TIMESTAMP", "When the board was asked.", "UTC"),
            _c("answered_at", "TIMESTAMP", "When its last page was read.", "UTC"),
            _c("status", "INTEGER", "HTTP status of the last answer."),
            _c(
                "outcome",
                "VARCHAR",
                "complete, unchanged, partial, failed, refused; or quarantined, truncated_line for a single line.",
                key=True,
            ),
            _c("reason", "VARCHAR", "Why not complete."),
            _c("postings", "INTEGER", "Postings archived.", "postings", key=True),
            _c("quarantined", "INTEGER", "Postings that failed validation.", "postings", key=True),
            _c("pages", "INTEGER", "Pages read.", "pages", key=True),
            _c("bytes", "BIGINT", "Bytes received.", "bytes", key=True),
            _c("is_truncated", "BOOLEAN", "The board has more than could be read.", key=True),
            _c("is_sample", "BOOLEAN", "A bundled sample board of the demo.", key=True),
        ),
        ("crawl_id", "source", "board", "outcome", "reason"),
    ),
    Table(
        "change_log",
        "Changes of the instrument: charts and trends do not run across one that breaks comparability.",
        "change",
        (
            _c("changed_at", "TIMESTAMP", "When.", "UTC", key=True),
            _c("kind", "VARCHAR", "source_added, parser_version, outage, accepted_shrink or panel_loaded.", key=True),
            _c("subject", "VARCHAR", "Source or parser.", key=True),
            _c("breaks_comparability", "BOOLEAN", "Series must not be drawn across it.", key=True),
            _c("detail", "VARCHAR", "What changed.", key=True),
        ),
        ("changed_at", "kind", "subject"),
    ),
    Table(
        "snapshot_info",
        "What this file is.",
        "fact about the snapshot",
        (
            _c("key", "VARCHAR", "Name of the fact.", key=True),
            _c("value", "VARCHAR", "The fact."),
        ),
        ("key",),
    ),
    Table(
        "data_dictionary",
        "Every table and column of this file.",
        "column",
        (
            _c("table_name", "VARCHAR", "Table.", key=True),
            _c("column_name", "VARCHAR", "Column; empty for the table itself.", key=True),
            _c("position", "INTEGER", "Order in the table, from 1; 0 for the table itself.", key=True),
            _c("data_type", "VARCHAR", "DuckDB type."),
            _c("unit", "VARCHAR", "Unit."),
            _c("values", "VARCHAR[]", "Possible values, where they are few."),
            _c("is_nullable", "BOOLEAN", "Null means it could not be told."),
            _c("comment", "VARCHAR", "What it means.", key=True),
        ),
        ("table_name", "position"),
    ),
)

TABLE: dict[str, Table] = {table.name: table for table in TABLES}
