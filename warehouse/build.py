"""How the archive becomes a snapshot: interpret what is new, merge, judge, publish, within bounded memory."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse import archive, changes, employers, texts, vacancies
from warehouse.benchmarks import benchmarks
from warehouse.contents import CODEBOOK_TYPES, UNIT_SCHEMA
from warehouse.coverage import coverage
from warehouse.directories import crawled_facts
from warehouse.enrich import PARSER_VERSION
from warehouse.enrich.money import with_money
from warehouse.interpretation import Interpretation, interpret, read_sketches
from warehouse.judge import Market, judge
from warehouse.panel import read_facts
from warehouse.quality import QUALITY_JSON, role_confusion
from warehouse.rates import crawled_rates
from warehouse.reference import roles, skills
from warehouse.schema import DataFolder, UserError
from warehouse.schema.tables import TABLE
from warehouse.sketches import NO_SKETCH, Sketch
from warehouse.snapshot import Rows, exclusive, publish

MEMORY_LIMIT = "1500MB"
"""What DuckDB may hold before it spills to disk; the Python side adds at most about as much at a million sightings."""

Progress = Callable[[str, int, int], None]

EUROPE = frozenset(
    [
        "AD",
        "AL",
        "AM",
        "AT",
        "AX",
        "AZ",
        "BA",
        "BE",
        "BG",
        "BY",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FO",
        "FR",
        "GB",
        "GE",
        "GG",
        "GI",
        "GR",
        "HR",
        "HU",
        "IE",
        "IM",
        "IS",
        "IT",
        "JE",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "RU",
        "SE",
        "SI",
        "SJ",
        "SK",
        "SM",
        "TR",
        "UA",
        "VA",
        "XK",
    ]
)
"""EU, EEA, the United Kingdom, Switzerland and the rest of geographic Europe."""


class BuildError(UserError):
    """The archive cannot be built as it is; the message says what to do."""


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build came to: the snapshot's path, rows per table, and problems in words, each of which it survived."""

    path: Path
    counts: Mapping[str, int]
    problems: list[str] = field(default_factory=list)
    enriched: int = 0


def build(
    folder: DataFolder, *, full: bool = False, accept: bool = False, progress: Progress | None = None
) -> BuildSummary:
    """Turn the archive into a published snapshot and return what it came to.

    Only texts that are new to this parser version are enriched; `full` enriches all of them anew and gives equal tables.
    Raise `BuildError` where there is nothing to build from, or where a source shrank under half its 7-run median
    (`accept` publishes nevertheless and says so in `change_log`). A second build waits for the first.
    """
    if not any(folder.sightings.glob("*.jsonl")) and not any(folder.facts.glob("*.parquet")):
        raise BuildError(
            f"There is nothing to build from in {folder.root}: run `rolemarket crawl` or `rolemarket demo` first."
        )
    with exclusive(folder):
        for leftover in folder.root.glob(".build-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        readings, reading_problems = archive.readings(folder)
        changes.guard_against_shrinking(folder, readings, accept=accept, error=BuildError)
        interpretation = interpret(folder, full=full, progress=progress)
        with tempfile.TemporaryDirectory(dir=folder.root, prefix=".build-") as scratch:
            # In memory, and spilled beyond the limit: a work file would compress every table for the minute that it is there.
            connection = duckdb.connect()
            try:
                connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'").complete()
                connection.execute(f"SET temp_directory = '{scratch}/spill'").complete()
                connection.execute("SET enable_progress_bar = false").complete()
                assembly = _Assembly(folder, connection, interpretation, readings, progress)
                assembly.run()
                problems = [*interpretation.problems, *reading_problems, *assembly.problems]
                tables = assembly.tables(problems)
                path = publish(tables, folder, connection, progress)
                texts.note(interpretation.root, path, assembly.texts)
                counts = assembly.counts(tables)
            finally:
                connection.close()
    return BuildSummary(path, counts, [f"{p.file}, {p.reason}" for p in problems], interpretation.enriched)


_WORDS = [
    *("url", "title", "location_raw", "posted_at", "source_closes_on"),
    *CODEBOOK_TYPES,
]


class _Assembly:
    """The work tables of one build, each step a method; what stays in Python is one row per posting without its text."""

    def __init__(
        self,
        folder: DataFolder,
        connection: duckdb.DuckDBPyConnection,
        interpretation: Interpretation,
        readings: pl.DataFrame,
        progress: Progress | None,
    ) -> None:
        self.folder = folder
        self.connection = connection
        self.interpretation = interpretation
        self.readings = readings
        self.progress = progress or (lambda step, done, total: None)
        self.problems: list[archive.LineProblem] = []
        self.info: dict[str, str] = {}
        self.supply, self.series, torn = archive.series(folder)
        self.problems += torn
        self.rate = crawled_rates(self.series)

    def _do(self, sql: str) -> None:
        self.connection.execute(sql).complete()

    def _keep(self, name: str, frame: pl.DataFrame) -> None:
        self.connection.register("frame_to_keep", frame)
        self._do(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM frame_to_keep")
        self.connection.unregister("frame_to_keep")

    def run(self) -> None:
        """Make the tables `posting`, `vacancy_row` and what hangs on them."""
        steps = (self._load, self._resolve_employers, self._merge, self._compose, self._add_facts, self._finish)
        for done, step in enumerate(steps):
            self.progress("Merging postings into vacancies", done, len(steps))
            step()
        self.progress("Merging postings into vacancies", len(steps), len(steps))

    # ------------------------------------------------------------------------------------------------ what was seen

    def _load(self) -> None:
        has_lines = any((Path(self.interpretation.lines).parent).glob("*.parquet"))
        has_units = any((Path(self.interpretation.units).parent).glob("*.parquet"))
        if has_lines:
            lines = f"read_parquet('{_sql(self.interpretation.lines)}')"
            columns = "source, board, posting_id, sighted_at, content_hash, crawl_id, is_sample, is_repeat, line"
            # Only a crawl that was continued or a file imported twice shows a posting twice at one instant; to find out takes
            # a fifth of the time of uniting the lines.
            ((n_repeated,),) = self.connection.sql(
                f"SELECT count(*) - count(DISTINCT hash(source, board, posting_id, sighted_at)) FROM {lines}"
            ).fetchall()
            is_shown_once = n_repeated == 0
            self._do(
                f"CREATE TABLE line AS SELECT {columns} FROM {lines}"
                if is_shown_once
                else f"""
                CREATE TABLE line AS
                SELECT source, board, posting_id, sighted_at, content_hash, min(crawl_id) AS crawl_id,
                       bool_and(is_sample) AS is_sample, bool_and(is_repeat) AS is_repeat, min(line) AS line
                FROM {lines} GROUP BY source, board, posting_id, sighted_at, content_hash
                """
            )
        else:
            is_shown_once = True
            self._do(
                "CREATE TABLE line (source VARCHAR, board VARCHAR, posting_id VARCHAR, sighted_at TIMESTAMP,"
                " content_hash VARCHAR, crawl_id VARCHAR, is_sample BOOLEAN, is_repeat BOOLEAN, line BIGINT)"
            )
        facts = [name for name in UNIT_SCHEMA if name not in ("text", "sketch")]
        if has_units:
            # Interpretation never writes a content twice, so no grouping: it would hash every text.
            columns = ", ".join(f'"{name}"' for name in facts)
            self._do(
                f"CREATE TABLE unit AS SELECT {columns}, filename AS part_file, file_row_number AS part_row"
                f" FROM read_parquet('{_sql(self.interpretation.units)}', filename = true, file_row_number = true)"
            )
        else:
            where = {"part_file": pl.String, "part_row": pl.Int64}
            self._keep("unit", pl.DataFrame(schema={name: UNIT_SCHEMA[name] for name in facts} | where))
        once = """
            QUALIFY row_number() OVER (
                PARTITION BY l.source, l.board, l.posting_id, u.part, l.sighted_at ORDER BY l.content_hash, l.crawl_id) = 1
        """
        self._do(
            f"""
            CREATE TABLE shown AS
            SELECT l.source, l.board, l.posting_id, u.part, l.sighted_at, l.crawl_id, l.content_hash, l.is_sample
            FROM line l JOIN unit u USING (content_hash) {"" if is_shown_once else once}
            """
        )
        self._do(
            """
            CREATE TABLE posting AS
            SELECT row_number() OVER (ORDER BY source, board, posting_id, part) AS key, *
            FROM (SELECT source, board, posting_id, part, bool_and(is_sample) AS is_sample,
                         arg_max(content_hash, (sighted_at, content_hash)) AS content_hash,
                         arg_min(crawl_id, (sighted_at, crawl_id)) AS first_crawl_id,
                         min(sighted_at) AS first_at
                  FROM shown GROUP BY source, board, posting_id, part)
            """
        )
        lost = self.connection.sql(
            """
            SELECT crawl_id, line, posting_id FROM line l
            WHERE is_repeat AND NOT EXISTS (SELECT 1 FROM line o WHERE o.content_hash = l.content_hash AND NOT o.is_repeat)
            ORDER BY crawl_id, line
            """
        ).fetchall()
        self.problems += [
            archive.LineProblem(
                f"{crawl}.jsonl", line, f"line {line}: repeats a text of {posting} that the archive lacks"
            )
            for crawl, line, posting in lost
        ]

    # ------------------------------------------------------------------------------------------------ who and what

    def _resolve_employers(self) -> None:
        mentions = self.connection.sql(
            """
            SELECT p.key, p.source, p.board, p.posting_id, u.form, u.company_raw, u.domain, u.poster_hash, u.size_raw, u.headcount
            FROM posting p JOIN unit u USING (content_hash, part) ORDER BY p.key
            """
        ).pl()
        listed = (
            self.readings.filter(pl.col("company").is_not_null())
            .sort("asked_at", "crawl_id")
            .group_by("source", "board", maintain_order=True)
            .agg(pl.col("company").last().alias("board_company"))
        )
        mentions = mentions.join(listed, on=["source", "board"], how="left", maintain_order="left")
        resolved = employers.resolve(mentions)
        feeds = resolved.group_by("source", "board").agg(is_feed=pl.col("employer_id").n_unique() >= 3)
        self._keep(
            "who",
            resolved.join(feeds, on=["source", "board"], how="left")
            .with_columns(
                size_by_board=pl.col("size_raw").map_elements(employers.read_size, return_dtype=pl.String),
                size_by_words=employers.size_class_of(pl.col("headcount")),
            )
            .with_columns(
                size_said=pl.coalesce("size_by_board", "size_by_words"),
                size_said_by=pl.when(pl.col("size_by_board").is_not_null())
                .then(pl.lit(employers.BY_BOARD))
                .when(pl.col("size_by_words").is_not_null())
                .then(pl.lit(employers.BY_WORDS)),
            )
            .select("key", "employer_id", "employer_name", "domain", "is_feed", "size_said", "size_said_by"),
        )

    def _merge(self) -> None:
        sightings = self.connection.sql(
            "SELECT p.key, s.source, s.board, s.crawl_id, s.sighted_at FROM shown s JOIN posting p USING (source, board, posting_id, part)"
        ).pl()
        read = self.readings.with_columns(_instant("asked_at"), _instant("answered_at")).filter(
            pl.col("asked_at").is_not_null()
        )
        spans = vacancies.spans(sightings, vacancies.evidence(read))
        del sightings
        self._keep("span", spans)
        identity = self.connection.sql(
            """
            SELECT p.key, p.source, p.board, p.posting_id, p.part, u.form, w.employer_id,
                   NOT starts_with(w.employer_id, 'unnamed-') AS is_named, w.is_feed, p.is_sample, u.title,
                   u.location_raw AS location, u.text_hash, u.whole_hash, u.poster_hash, u.requisition_raw AS requisition,
                   s.first_seen_at, s.last_seen_at, s.first_reading, s.last_reading, u.url AS page
            FROM posting p JOIN unit u USING (content_hash, part) JOIN who w USING (key) JOIN span s USING (key) ORDER BY p.key
            """
        ).pl()
        links = self._links(identity)
        self._keep("link", links)
        whole = vacancies.vacancy_spans(
            spans.join(links.select("key", "vacancy_id"), on="key").join(identity.select("key", "form"), on="key")
        )
        self._keep("vacancy_span", whole)

    def _links(self, identity: pl.DataFrame) -> pl.DataFrame:
        core = pl.Series(
            [" ".join(vacancies.title_parts(title)[0].split()) for title in identity["title"]], dtype=pl.String
        )
        marked = identity.with_columns(
            core=core,
            board_key=pl.concat_str("source", "board", separator="\n"),
            page=vacancies.page_key(pl.col("page")),
        )
        on_board = pl.len().over("board_key", "employer_id", "core")
        boards = pl.col("board_key").n_unique().over("employer_id", "core")
        of_poster = pl.len().over("source", "poster_hash")
        of_employer = pl.len().over("source", "employer_id")
        is_comment = pl.col("form") == "comment"
        may_merge = (
            (
                ~is_comment
                & (on_board > 1)
                # A repost begins where another has ended: of what merely stands beside it, none is compared.
                & (
                    (pl.col("first_reading") > pl.col("last_reading").min().over("board_key", "employer_id", "core"))
                    | (pl.col("last_reading") < pl.col("first_reading").max().over("board_key", "employer_id", "core"))
                )
            )
            | (pl.col("is_named") & (boards > 1))
            | (pl.col("page").is_not_null() & (pl.len().over("page") > 1))
            | (is_comment & ((of_poster > 1) | (pl.col("is_named") & (of_employer > 1))))
        )
        candidates = marked.filter(may_merge)
        alone = marked.filter(~may_merge).select("key", vacancy_id=_vacancy_id(), reason=pl.lit("original"))
        self._keep("wanted_text", candidates.select(pl.col("whole_hash").unique()))
        arrays = self._sketches() if candidates.height else {}
        columns = [name for name in vacancies.Posting.__slots__ if name != "sketch"]
        postings = [
            vacancies.Posting(**row, sketch=arrays.get(whole_hash, NO_SKETCH))
            for row, whole_hash in zip(
                candidates.select(columns).iter_rows(named=True), candidates["whole_hash"], strict=True
            )
        ]
        merged = pl.DataFrame(
            [(link.key, link.vacancy_id, link.reason) for link in vacancies.merge(postings)],
            schema={"key": pl.Int64, "vacancy_id": pl.String, "reason": pl.String},
            orient="row",
        )
        return pl.concat([alone.cast({"key": pl.Int64}), merged]).sort("key")

    def _sketches(self) -> dict[str, Sketch]:
        """Return the sketches of the texts of `wanted_text`, a kilobyte each."""
        found = self.connection.sql(
            """
            SELECT place.part_file, whole_hash, place.part_row FROM (
                SELECT whole_hash, min({'part_file': part_file, 'part_row': part_row}) AS place
                FROM unit SEMI JOIN wanted_text USING (whole_hash) GROUP BY whole_hash)
            ORDER BY ALL
            """
        ).pl()
        arrays: dict[str, Sketch] = {}
        for (file,), of_file in found.group_by("part_file", maintain_order=True):
            arrays |= zip(of_file["whole_hash"], read_sketches(Path(file), of_file["part_row"].to_numpy()), strict=True)
        return arrays

    # ------------------------------------------------------------------------------------------------ rows

    def _compose(self) -> None:
        words = ", ".join(f'u."{name}"' for name in _WORDS)
        self._do(
            f"""
            CREATE TABLE composed AS
            SELECT l.vacancy_id, p.source, p.board, p.posting_id, p.part,
                   CASE WHEN p.is_sample THEN 'sample' WHEN contains(p.first_crawl_id, '-import-') THEN 'import' ELSE 'crawl' END
                       AS provenance,
                   w.employer_id, {words}, u.text_hash, p.content_hash, w.domain, w.size_said, w.size_said_by,
                   v.first_seen_at, v.last_seen_at, v.closed_at, v.closed_reason, v.reopened, v.is_left_truncated,
                   v.is_right_censored, v.open_days_low, v.open_days_high, v.n_sightings, v.n_postings
            FROM link l JOIN posting p USING (key) JOIN unit u USING (content_hash, part) JOIN who w USING (key)
            JOIN vacancy_span v USING (vacancy_id)
            WHERE l.reason = 'original'
            """
        )
        frame = self.connection.sql("SELECT * EXCLUDE (text_hash, content_hash) FROM composed ORDER BY vacancy_id").pl()
        self.rows = with_money(frame, rate=self.rate)

    def _add_facts(self) -> None:
        facts, sentence = read_facts(self.folder)
        if facts is None:
            self.fact_skills = pl.DataFrame(schema={"vacancy_id": pl.String, "skill_id": pl.String})
            return
        mine = self.rows.select("source", "board", "posting_id").unique()
        facts = facts.join(mine, on=["source", "board", "posting_id"], how="anti", maintain_order="left")
        self.fact_skills = (
            facts.select("vacancy_id", skill_id="skills")
            .explode("skill_id")
            .drop_nulls()
            .unique()
            .sort("vacancy_id", "skill_id")
        )
        rows = with_money(facts.drop("skills"), rate=self.rate)
        self.rows = pl.concat(
            [
                self.rows.with_columns(employer_name=pl.lit(None, dtype=pl.String)),
                rows.select(*self.rows.columns, "employer_name"),
            ]
        )
        self.info |= sentence

    def _finish(self) -> None:
        names = self.connection.sql("SELECT DISTINCT employer_id, employer_name FROM who").pl()
        if "employer_name" in self.rows.columns:
            names = pl.concat([names, self.rows.select("employer_id", "employer_name")])
        names = (
            names.drop_nulls()
            .sort("employer_id", "employer_name")
            .unique("employer_id", keep="first", maintain_order=True)
        )
        self.rows = (
            self.rows.drop("employer_name", strict=False)
            .join(names, on="employer_id", how="left")
            .with_columns(market=market(pl.col("country")))
        )
        grouped = self.rows.group_by("employer_id").agg(
            pl.col("employer_name").first(),
            domain=pl.col("domain").drop_nulls().mode(maintain_order=True).sort().first(),
            n_vacancies=pl.len().cast(pl.Int32),
        )
        latest = (
            self.rows.filter(pl.col("size_said").is_not_null())
            .sort("first_seen_at", "vacancy_id")
            .group_by("employer_id")
            .agg(
                posted_size_class=pl.col("size_said").last(),
                posted_size_by=pl.col("size_said_by").last(),
                posted_size_on=pl.col("first_seen_at").last().dt.date(),
            )
        )
        self.employers = employers.employer_table(
            grouped.join(latest, on="employer_id", how="left"), crawled_facts(self.folder)
        )
        self.vacancy = self.rows.select(TABLE["vacancy"].column_names).sort("vacancy_id")

    # ------------------------------------------------------------------------------------------------ tables

    def tables(self, problems: list[archive.LineProblem]) -> dict[str, Rows]:
        """Return every public table, as a frame or as a query over the work tables."""
        self._keep("vacancy_frame", self.vacancy)
        self._keep("fact_skill", self.fact_skills)
        tables: dict[str, Rows] = {
            "vacancy": "SELECT * FROM vacancy_frame",
            "sighting": """
                SELECT s.source, s.board, s.posting_id, s.part, s.sighted_at, s.crawl_id, s.content_hash, l.vacancy_id,
                       CASE WHEN s.sighted_at = p.first_at THEN l.reason ELSE 'same_id' END AS merge_reason
                FROM shown s JOIN posting p USING (source, board, posting_id, part) JOIN link l USING (key)
            """,
            "employer": self.employers.select(TABLE["employer"].column_names),
            "skill": skills(),
            "role": roles(),
            "coverage": coverage(self.vacancy, self.readings),
            "crawl_log": crawl_log(self.folder, self.readings, problems),
            "change_log": changes.change_log(self.folder, self.vacancy, self.readings),
        }
        self._keep("known_skill", skills().select("skill_id"))
        self._do(
            """
            CREATE TABLE skill_row AS
            SELECT * FROM (
                SELECT DISTINCT vacancy_id, unnest(skills) AS skill_id
                FROM (SELECT c.vacancy_id, u.skills FROM composed c JOIN unit u USING (content_hash, part))
                UNION SELECT vacancy_id, skill_id FROM fact_skill)
            SEMI JOIN known_skill USING (skill_id) ORDER BY vacancy_id, skill_id
            """
        )
        tables["vacancy_skill"] = "FROM skill_row"
        tables["supply_month"] = self.supply
        tables["benchmark"] = pl.concat([benchmarks(), self.series.drop_nulls("value")]).unique(
            ["series", "period_on", "place", "grouping"], keep="last", maintain_order=True
        )
        tables["quality"] = known_quality()
        self.progress("Judging the claims", 0, 1)
        judgement = judge(
            Market(
                vacancy=self.vacancy,
                vacancy_skill=self.connection.sql("FROM skill_row ORDER BY ALL").pl(),
                confusion=role_confusion(),
                **{name: tables[name] for name in ("employer", "supply_month", "benchmark", "quality", "change_log")},
            )
        )
        self.progress("Judging the claims", 1, 1)
        tables |= {"claim": judgement.claim, "estimate": judgement.estimate, "verdict": judgement.verdict}
        tables["snapshot_info"] = self._snapshot_info()
        self.texts = texts.plan(self.connection, self.folder, self.interpretation.root)
        tables["vacancy_text"] = self.texts.rows
        # The queries above name the larger side of a join first. Left to itself, the engine takes the texts for the smaller
        # side and holds all of them in a hash table, which no limit of memory survives at a million.
        self._do("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        return tables

    def counts(self, tables: Mapping[str, Rows]) -> dict[str, int]:
        """Return the number of rows of the tables that a summary names."""
        ((n_sightings, n_skills),) = self.connection.sql(
            "SELECT (SELECT count(*) FROM shown), (SELECT count(*) FROM skill_row)"
        ).fetchall()
        of_frames = {
            name: rows.height for name in ("employer", "verdict") if isinstance(rows := tables[name], pl.DataFrame)
        }
        return {"vacancy": self.vacancy.height, "sighting": n_sightings, "vacancy_skill": n_skills, **of_frames}

    def _snapshot_info(self) -> pl.DataFrame:
        by_provenance = dict(self.vacancy.group_by("provenance").len().sort("provenance").iter_rows())
        info = {
            "rolemarket_version": metadata.version("rolemarket"),
            "parser_version": PARSER_VERSION,
            "data_from": str(self.vacancy["first_seen_at"].min() or ""),
            "data_to": str(self.vacancy["last_seen_at"].max() or ""),
            "provenance": provenance_sentence(by_provenance, self.info.get("panel")),
            "employers_of_known_size": size_sentence(self.employers),
            **{f"vacancies_{name}": str(count) for name, count in by_provenance.items()},
            **self.info,
        }
        return pl.DataFrame({"key": list(info), "value": list(info.values())}).sort("key")


def provenance_sentence(by_provenance: Mapping[str, int], panel: str | None) -> str:
    """Return in words what the vacancies of a snapshot are: `{"crawl": 3}` gives "3 vacancies: 3 crawled."."""
    words = {"crawl": "crawled", "import": "imported", "panel": "of the bundled panel of facts"}
    counted = {name: count for name, count in by_provenance.items() if name in words}
    parts = [f"{count:,} {words[name]}" for name, count in counted.items()]
    text = f"{sum(counted.values()):,} vacancies" + (f": {', '.join(parts)}." if parts else ".")
    if by_provenance.get("sample"):
        text += f" {by_provenance['sample']:,} invented sample vacancies beside them stay out of every estimate."
    return f"{text} {panel}" if panel else text


def size_sentence(table: pl.DataFrame) -> str:
    """Return in words how many employers, and how many of their vacancies, have a known size class."""
    known = table.filter(pl.col("size_class").is_not_null())
    n, of, vacancies_known, vacancies_all = (
        int(value or 0)
        for value in (known.height, table.height, known["n_vacancies"].sum(), table["n_vacancies"].sum())
    )
    return (
        f"{n:,} of {of:,} employers ({n / max(of, 1):.1%}) with {vacancies_known:,} of {vacancies_all:,} vacancies "
        f"({vacancies_known / max(vacancies_all, 1):.1%})"
    )


def market(country: pl.Expr) -> pl.Expr:
    """Return the market of an ISO 3166 alpha-2 code: US, India, Singapore, Europe or other; null for null."""
    return (
        pl.when(country.is_null())
        .then(pl.lit(None, dtype=pl.String))
        .when(country == "US")
        .then(pl.lit("US"))
        .when(country == "IN")
        .then(pl.lit("India"))
        .when(country == "SG")
        .then(pl.lit("Singapore"))
        .when(country.is_in(sorted(EUROPE)))
        .then(pl.lit("Europe"))
        .otherwise(pl.lit("other"))
    )


def _sql(path: str) -> str:
    return path.replace("'", "''")


def _instant(name: str) -> pl.Expr:
    return (
        pl.col(name)
        .str.replace("Z$", "+00:00")
        .str.to_datetime(time_zone="UTC", strict=False)
        .dt.replace_time_zone(None)
        .alias(name)
    )


def _vacancy_id() -> pl.Expr:
    base = pl.concat_str("source", "board", "posting_id", separator=":")
    return (
        pl.when(pl.col("part") > 0)
        .then(pl.concat_str(base, pl.lit("#"), pl.col("part").cast(pl.String)))
        .otherwise(base)
    )


def known_quality() -> pl.DataFrame:
    """Return the `quality` table as last measured, or an empty one where nothing was."""
    columns = {
        column.name: {"VARCHAR": pl.String, "DOUBLE": pl.Float64, "INTEGER": pl.Int32}[column.type]
        for column in TABLE["quality"].columns
    }
    if not QUALITY_JSON.is_file():
        return pl.DataFrame(schema=columns)
    return pl.DataFrame(json.loads(QUALITY_JSON.read_text(encoding="utf-8"))["quality"], schema=columns)


_LOG_SCHEMA = {
    "crawl_id": pl.String,
    "source": pl.String,
    "board": pl.String,
    "company": pl.String,
    "asked_at": pl.Datetime("us"),
    "answered_at": pl.Datetime("us"),
    "status": pl.Int64,
    "outcome": pl.String,
    "reason": pl.String,
    "postings": pl.Int64,
    "quarantined": pl.Int64,
    "pages": pl.Int64,
    "bytes": pl.Int64,
    "is_truncated": pl.Boolean,
    "is_sample": pl.Boolean,
}


def crawl_log(folder: DataFolder, readings: pl.DataFrame, problems: list[archive.LineProblem]) -> pl.DataFrame:
    """Return what was asked, what answered and what could not be used, one row per reading or kind of failure."""
    asked = (
        readings.with_columns(_instant("asked_at"), _instant("answered_at")).select(list(_LOG_SCHEMA)).cast(_LOG_SCHEMA)
    )
    quarantined, torn = archive.read_all(folder.quarantine)
    empty = dict.fromkeys(_LOG_SCHEMA) | {
        "postings": 0,
        "quarantined": 0,
        "pages": 0,
        "bytes": 0,
        "is_truncated": False,
        "is_sample": False,
    }
    failures = [
        empty
        | {
            "crawl_id": str(line.get("crawl_id") or ""),
            "source": str((line.get("record") or {}).get("source") or ""),
            "board": str((line.get("record") or {}).get("board") or ""),
            "asked_at": _parsed(line.get("quarantined_at")),
            "outcome": "quarantined",
            "reason": str(line.get("reason") or ""),
            "quarantined": 1,
        }
        for line in quarantined
    ]
    failures += [
        empty
        | {
            "crawl_id": p.crawl_id,
            "source": "archive",
            "board": p.file,
            "outcome": "truncated_line",
            "reason": p.reason,
        }
        for p in [*problems, *torn]
    ]
    failed = (
        pl.DataFrame(failures, schema=_LOG_SCHEMA, orient="row")
        .group_by("crawl_id", "source", "board", "outcome", "reason")
        .agg(
            pl.col("company", "status", "answered_at").first(),
            pl.col("asked_at").min(),
            pl.col("quarantined", "postings", "pages", "bytes").sum(),
            pl.col("is_truncated", "is_sample").first(),
        )
        .select(list(_LOG_SCHEMA))
    )
    return pl.concat([asked, failed]).sort(
        "crawl_id", "source", "board", "outcome", "reason", "asked_at", nulls_last=True
    )


def _parsed(text: Any) -> datetime | None:
    from warehouse.instants import read_instant

    instant = read_instant(text) if isinstance(text, str) else None
    return instant.astimezone(UTC).replace(tzinfo=None) if instant else None
