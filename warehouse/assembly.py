"""How the interpreted archive becomes the public tables: employers resolved, postings merged, vacancies composed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl

from warehouse import archive, changes, employers, texts, vacancies
from warehouse.benchmarks import benchmarks
from warehouse.contents import CODEBOOK_TYPES
from warehouse.coverage import coverage
from warehouse.crawl_log import crawl_log
from warehouse.directories import crawled_facts
from warehouse.engine import do, keep
from warehouse.enrich.money import with_money
from warehouse.evidence.market import Market
from warehouse.instants import instant_column
from warehouse.interpretation import Interpretation, read_sketches
from warehouse.markets import market
from warehouse.panel import read_facts
from warehouse.quality.measuring import QUALITY_JSON, role_confusion
from warehouse.rates import crawled_rates
from warehouse.reference import roles, skills
from warehouse.schema import DataFolder
from warehouse.schema.tables import TABLE
from warehouse.shown import load_shown
from warehouse.sketches import Sketch
from warehouse.snapshot import Rows
from warehouse.snapshot_info import snapshot_info
from warehouse.vacancies.candidates import link

Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it and of how much."""

_WORDS = ["url", "title", "location_raw", "posted_at", "source_closes_on", *CODEBOOK_TYPES]


class Assembly:
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
        do(self.connection, sql)

    def _keep(self, name: str, frame: pl.DataFrame) -> None:
        keep(self.connection, name, frame)

    def run(self) -> None:
        """Make the work tables and the frames `vacancy` and `employers`."""
        steps = (self._load, self._resolve_employers, self._merge, self._compose, self._add_facts, self._finish)
        for done, step in enumerate(steps):
            self.progress("Merging postings into vacancies", done, len(steps))
            step()
        self.progress("Merging postings into vacancies", len(steps), len(steps))

    def _load(self) -> None:
        self.problems += load_shown(self.connection, self.interpretation)

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
        feeds = resolved.group_by("source", "board").agg(
            is_feed=pl.col("employer_id").n_unique() >= employers.FEED_EMPLOYERS
        )
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
        read = self.readings.with_columns(instant_column("asked_at"), instant_column("answered_at")).filter(
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
        links = link(identity, self._sketches)
        self._keep("link", links)
        whole = vacancies.vacancy_spans(
            spans.join(links.select("key", "vacancy_id"), on="key").join(identity.select("key", "form"), on="key")
        )
        self._keep("vacancy_span", whole)

    def _sketches(self, whole_hashes: pl.Series) -> dict[str, Sketch]:
        """Return the sketches of the texts of these hashes, a kilobyte each."""
        self._keep("wanted_text", pl.DataFrame({"whole_hash": whole_hashes}))
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

    def tables(self, problems: list[archive.LineProblem]) -> dict[str, Rows]:
        """Return every public table but those of a judgement, as a frame or as a query over the work tables."""
        self._keep("fact_skill", self.fact_skills)
        tables: dict[str, Rows] = {
            "vacancy": self.vacancy,
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
        tables["snapshot_info"] = snapshot_info(self.vacancy, self.employers, self.info)
        self.texts = texts.plan(self.connection, self.folder, self.interpretation.root)
        tables["vacancy_text"] = self.texts.rows
        # The queries above name the larger side of a join first. Left to itself, the engine takes the texts for the smaller
        # side and holds all of them in a hash table, which no limit of memory survives at a million.
        self._do("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        return tables

    def market(self, tables: Mapping[str, Rows]) -> Market:
        """Return what claims are judged on."""
        frames = ("employer", "supply_month", "benchmark", "quality", "change_log")
        return Market(
            vacancy=self.vacancy,
            vacancy_skill=self.connection.sql("FROM skill_row ORDER BY ALL").pl(),
            confusion=role_confusion(),
            **{name: rows for name in frames if isinstance(rows := tables[name], pl.DataFrame)},
        )

    def counts(self, tables: Mapping[str, Rows]) -> dict[str, int]:
        """Return the number of rows of the tables that a summary names."""
        ((n_sightings, n_skills),) = self.connection.sql(
            "SELECT (SELECT count(*) FROM shown), (SELECT count(*) FROM skill_row)"
        ).fetchall()
        of_frames = {
            name: rows.height for name in ("employer", "verdict") if isinstance(rows := tables[name], pl.DataFrame)
        }
        return {"vacancy": self.vacancy.height, "sighting": n_sightings, "vacancy_skill": n_skills, **of_frames}


def known_quality() -> pl.DataFrame:
    """Return the `quality` table as last measured, or an empty one where nothing was."""
    columns = {
        column.name: {"VARCHAR": pl.String, "DOUBLE": pl.Float64, "INTEGER": pl.Int32, "BOOLEAN": pl.Boolean}[
            column.type
        ]
        for column in TABLE["quality"].columns
    }
    if not QUALITY_JSON.is_file():
        return pl.DataFrame(schema=columns)
    return pl.DataFrame(json.loads(QUALITY_JSON.read_text(encoding="utf-8"))["quality"], schema=columns)
