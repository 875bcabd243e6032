"""What the snapshot says of each claim: its words, its verdict, its estimates, and which estimate a filtered view may show."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from dashboard import snapshot, wording
from dashboard.filters import ALL, LABELS, Filters
from dashboard.theme import NOT_ESTIMATED

BOARD = """
SELECT c.*, v.verdict, v.reason, v.finding, v.value, v.low, v.high, coalesce(v.unit, c.unit) AS verdict_unit, v.p_value,
  v.p_value_holm, v.n_vacancies, v.n_employers, v.n_specifications, v.n_agreeing, v.data_from_on, v.data_to_on, v.sources
FROM claim c JOIN verdict v USING (claim_slug) ORDER BY c.position, c.claim_slug
"""
VERDICT_ORDER = ("supported", "contradicted", "inconclusive", "too_few", "not_testable")
HEADLINE = pl.col("measure") == "headline"
GROUP_OF = {"market": "market", "size": "size_class", "period": "year", "source": "source"}
COLUMN_OF = {"market": "region", "source": "source_set", "period": "period", "definition": "role_definition"}


def board(path: Path) -> list[dict]:
    """Return one row per claim with its verdict, in the order of the essays."""
    return snapshot.rows(path, BOARD)


def estimates(path: Path, slug: str) -> pl.DataFrame:
    """Return every estimate of a claim."""
    return snapshot.ask(
        path, "SELECT * FROM estimate WHERE claim_slug = $slug ORDER BY measure, specification, group_kind, group_value", slug=slug
    )  # fmt: skip


def headline_estimates(path: Path) -> pl.DataFrame:
    """Return the judged measure's estimates of all claims."""
    return snapshot.ask(path, "SELECT * FROM estimate WHERE measure = 'headline' ORDER BY ALL")


def specifications(found: pl.DataFrame) -> pl.DataFrame:
    """Return the estimates of the specification curve: the whole, under each defensible way to measure."""
    return found.filter(HEADLINE & (pl.col("group_kind") == ALL))


def judged_period(found: pl.DataFrame) -> str:
    """Return the period of the judged specification, "all" where it names none."""
    judged = found.filter(HEADLINE & (pl.col("specification") == "headline") & (pl.col("group_kind") == ALL))
    return judged.item(0, "period") if judged.height else ALL


def groups(found: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Return the judged measure broken down by one kind of group, under the headline's specification."""
    return found.filter(HEADLINE & (pl.col("group_kind") == kind) & (pl.col("specification") == "headline"))


@dataclass(frozen=True, slots=True)
class View:
    """The estimate that a filtered view may show, or why there is none."""

    estimate: dict | None
    why_not: str = ""


def view(found: pl.DataFrame, filters: Filters) -> View:
    """Return the one estimate made for exactly these filters; two narrowings at once are never blended from parts."""
    chosen = filters.chosen()
    whole = found.filter(HEADLINE)
    if "level" in chosen:
        return View(None, "estimates are made over all levels")
    rest = {key: value for key, value in chosen.items() if key != "level"}
    if len(rest) == 1:
        ((key, value),) = rest.items()
        if key in GROUP_OF:
            grouped = whole.filter(
                (pl.col("group_kind") == GROUP_OF[key])
                & (pl.col("group_value") == value)
                & (pl.col("specification") == "headline")
            )
            if grouped.height:
                return View(grouped.row(0, named=True))
    judged = whole.filter((pl.col("specification") == "headline") & (pl.col("group_kind") == ALL))
    if "size" not in rest and judged.height:
        wanted = {column: rest.get(key, judged.item(0, column)) for key, column in COLUMN_OF.items()}
        wanted |= {column: judged.item(0, column) for column in ("dedup", "weighting", "pay_tier")}
        exact = whole.filter(
            pl.col("group_kind") == ALL, *(pl.col(column) == value for column, value in wanted.items())
        ).sort("specification")
        if exact.height:
            return View(exact.row(0, named=True))
    labels = wording.listed([LABELS[key].lower() for key in rest])
    return View(None, f"no estimate was made for this choice of {labels}" + (" together" if len(rest) > 1 else ""))


def region(threshold_low: float | None, threshold_high: float | None, unit: str | None) -> str:
    """Return the region that supports a claim in words: "at most 0.20"."""
    low, high = wording.figure(threshold_low, unit), wording.figure(threshold_high, unit)
    if threshold_low is not None and threshold_high is not None:
        return f"from {wording.interval(threshold_low, threshold_high, unit)}"
    if threshold_high is not None:
        return f"at most {high}"
    return f"at least {low}" if threshold_low is not None else "as the rule says"


ESSAY_ORDER = ("A", "B", "B2", "B3")
SORTS = {
    "verdict": "Verdict",
    "essay": "Order of the essays",
    "agreement": "Agreement over specifications",
    "vacancies": "Vacancies",
}


def arranged(rows: list[dict], sort: str) -> list[dict]:
    """Return the board's rows in the order asked for; ties keep the order of the essays."""

    def agreement(row: dict) -> float:
        return row["n_agreeing"] / row["n_specifications"] if row["n_specifications"] else -1.0

    keys = {
        "verdict": lambda row: ((*VERDICT_ORDER, NOT_ESTIMATED).index(row["verdict"]), -agreement(row)),
        "agreement": lambda row: -agreement(row),
        "vacancies": lambda row: -(row["n_vacancies"] or 0),
    }
    return sorted(rows, key=keys[sort]) if sort in keys else rows


def headline(rows: list[dict]) -> str:
    """Return the title of the front page: whether postings support more of the claims or contradict more."""
    n_supported, n_contradicted = (
        sum(row["verdict"] == verdict for row in rows) for verdict in ("supported", "contradicted")
    )
    if not n_supported + n_contradicted:
        return "Job postings do not yet tell whether what the essays say of data science holds"
    if n_supported == n_contradicted:
        return "Job postings support as much of what the essays say of data science as they contradict"
    more, less = ("support", "contradict") if n_supported > n_contradicted else ("contradict", "support")
    return f"Job postings {more} more of what the essays say of data science than they {less}"


def summary(rows: list[dict]) -> list[str]:
    """Return the paragraph of the front page: sentences whose numbers and dates come from the verdict table."""
    if not rows:
        return ["This snapshot holds vacancies and no claims yet: run “rolemarket build” to judge them."]
    by = {verdict: [row for row in rows if row["verdict"] == verdict] for verdict in VERDICT_ORDER}
    judged = [row for row in rows if row["verdict"] in VERDICT_ORDER[:3]]
    dates = (
        [row["data_from_on"] for row in judged if row["data_from_on"]],
        [row["data_to_on"] for row in judged if row["data_to_on"]],
    )
    n = max((row["n_vacancies"] or 0 for row in judged), default=0)
    employers = max((row["n_employers"] or 0 for row in judged), default=0)
    said = []
    if judged:
        when = wording.days_between(min(dates[0]), max(dates[1])) if all(dates) else "dates unknown"
        untold = [
            text
            for n_of, text in (
                (
                    len(by["too_few"]),
                    f"{len(by['too_few'])} rest{'s' if len(by['too_few']) == 1 else ''} on too few vacancies",
                ),
                (len(by["not_testable"]), f"{len(by['not_testable'])} cannot be told from postings"),
            )
            if n_of
        ]
        said.append(
            f"Of {len(rows)} statements about jobs in data science and machine learning, postings support {len(by['supported'])}, "
            f"contradict {len(by['contradicted'])} and leave {len(by['inconclusive'])} open"
            + (f"; {wording.listed(untold)}." if untold else ".")
        )
        said.append(
            f"The widest of them rests on {wording.plural(n, 'vacancy', 'vacancies')} of {wording.plural(employers, 'employer')}, {when}."
        )
    else:
        said.append(
            f"None of the {len(rows)} statements can be judged on this snapshot yet: {len(by['too_few'])} rest on too few vacancies "
            f"and {len(by['not_testable'])} cannot be told from postings."
        )
    return said


N_FIRMEST = 3


def firmest(rows: list[dict]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return each side's firmest findings under its title, as (claim, finding, what it rests on): most specifications that agree, then most vacancies."""
    said = []
    for verdict in ("supported", "contradicted"):
        firm = sorted(
            (row for row in rows if row["verdict"] == verdict),
            key=lambda row: (-(row["n_agreeing"] or 0) / (row["n_specifications"] or 1), -(row["n_vacancies"] or 0)),
        )
        if firm:
            said.append(
                (
                    f"Most firmly {verdict}",
                    [(row["claim_slug"], wording.sentence(short(row)), _basis(row)) for row in firm[:N_FIRMEST]],
                )
            )
    return said


def short(row: dict) -> str:
    """Return a claim's finding without its tail of counts and dates; empty where it has no number."""
    if row["value"] is None:
        return ""
    return row["finding"].partition(f"; {wording.plural(row['n_vacancies'], 'vacancy', 'vacancies')} of ")[0]


def _basis(row: dict) -> str:
    years = wording.years_between(row["data_from_on"], row["data_to_on"])
    agree = f"{row['n_agreeing']} of {row['n_specifications']} ways to measure it agree"
    return f"{wording.plural(row['n_vacancies'], 'vacancy', 'vacancies')}, {years}; {agree}."


def news(now: list[dict], then: list[dict]) -> list[str]:
    """Return what changed since another snapshot: verdicts that turned, claims that came or went; empty where nothing did."""
    before = {row["claim_slug"]: row for row in then}
    said = []
    for row in now:
        old = before.pop(row["claim_slug"], None)
        if old is None:
            said.append(f"New claim: {row['statement']}")
        elif old["verdict"] != row["verdict"]:
            said.append(
                f"{row['statement'].rstrip('.')}: {wording.name(old['verdict']).lower()} became {wording.name(row['verdict']).lower()}."
            )
    said += [f"No longer judged: {row['statement']}" for row in before.values()]
    return said


AS_JUDGED = "Every row is the judged specification: all markets and employers, over the period that its page names."


def narrowed(path: Path, rows: list[dict], filters: Filters) -> list[dict]:
    """Return the board's rows with the estimates made for exactly these filters; where none was made, the row says so."""
    if not filters.chosen():
        return rows
    found = headline_estimates(path).partition_by("claim_slug", as_dict=True)
    nothing_found = headline_estimates(path).clear()
    result = []
    for row in rows:
        if row["verdict"] == "not_testable":
            result.append(row)
            continue
        own = found.get((row["claim_slug"],), nothing_found)
        seen = view(own, filters)
        if seen.estimate is None:
            nothing = dict.fromkeys(
                ("value", "low", "high", "n_vacancies", "n_employers", "n_specifications", "n_agreeing")
            )
            result.append(
                row
                | nothing
                | {
                    "verdict": NOT_ESTIMATED,
                    "finding": "not estimated in this view",
                    "why_not": wording.sentence(seen.why_not[:1].upper() + seen.why_not[1:]),
                }
            )
            continue
        keep = ("verdict", "value", "low", "high", "n_vacancies", "n_employers")
        words = f"in this view {wording.figure(seen.estimate['value'], seen.estimate['unit'])}, against {wording.figure(row['value'], row['verdict_unit'])} overall"
        period = judged_period(own)
        if seen.estimate["period"] != period:
            words += " over another period: do not compare the two"
        few = f"Too few: {wording.plural(seen.estimate['n_vacancies'], 'vacancy', 'vacancies')} of {wording.plural(seen.estimate['n_employers'], 'employer')}."
        result.append(
            row
            | {name: seen.estimate[name] for name in keep}
            | {
                "n_specifications": None,
                "n_agreeing": None,
                "finding": words if seen.estimate["value"] is not None else "too few in this view",
                "why_not": few,
            }
        )
    return result


GREW = "SELECT count(*) AS n FROM vacancy WHERE provenance <> 'sample'"
CHANGED = "SELECT changed_at, kind, subject, detail FROM change_log ORDER BY changed_at, kind, subject"


def news_since(path: Path, before: Path) -> list[str]:
    """Return what changed since an older snapshot: verdicts, vacancies, the instrument; nothing where that one cannot be read."""
    try:
        said = news(board(path), board(before))
        now, then = snapshot.row(path, GREW)["n"], snapshot.row(before, GREW)["n"]
        known = {tuple(change.values()) for change in snapshot.rows(before, CHANGED)}
        changes = [change for change in snapshot.rows(path, CHANGED) if tuple(change.values()) not in known]
    except (snapshot.UnreadableSnapshotError, duckdb.Error):
        return []
    if now != then:
        more = f"{wording.plural(abs(now - then), 'vacancy', 'vacancies')} {'more' if now > then else 'fewer'}"
        said.append(f"{more}: {wording.count(then)} became {wording.count(now)}.")
    return said + [f"{wording.day(change['changed_at'])}: {wording.sentence(change['detail'])}" for change in changes]
