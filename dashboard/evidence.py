"""The figures of a claim's page: what each draws, its finding as a sentence, and the words for readers who cannot see it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from dashboard import charts, snapshot, wording
from dashboard.claims import HEADLINE, board, estimates, groups, judged_period, region, specifications
from dashboard.clustered import FEWEST_EMPLOYERS, FEWEST_VACANCIES
from dashboard.figures import Figure, remembered, source_line
from dashboard.filters import Filters
from dashboard.theme import VERDICT_LOOKS
from dashboard.topics.scope import SAME_SOURCES, Scope, changed, longest_lines, stretches
from warehouse.schema.tables import MARKETS, ROLES, SIZE_CLASSES

SIZE_WORDS = {"small": "Small, under 200", "medium": "Medium, 200–999", "large": "Large, 1,000 and more"}
MARKET_WORDS = {"other": "Other markets"}
ROLE_WORDS = {role: people[:1].upper() + people[1:] for role, people in wording.PEOPLE.items()}
TABLE_COLUMNS = (
    "group",
    "value",
    "low",
    "high",
    "unit",
    "period",
    "n_vacancies",
    "n_employers",
    "n_unknown",
    "is_shown",
    "is_aside",
    "note",
)


def _dates(claim: dict) -> str:
    return wording.days_between(claim["data_from_on"], claim["data_to_on"])


def _source(claim: dict) -> str:
    if not claim["n_vacancies"]:
        return ""
    return source_line(claim["sources"] or [], claim["n_vacancies"], claim["n_employers"], _dates(claim))


def _source_of_groups(table: pl.DataFrame, sources: Sequence[str], dates: str) -> str:
    """Return the source line of groups that part the vacancies: other ones than the judged specification's may be among them."""
    named_ones = wording.listed(["All sources" if source == "all" else wording.name(source) for source in sources])
    return " · ".join((named_ones, wording.plural(int(table["n_vacancies"].sum()), "vacancy", "vacancies"), dates))


def period_words(period: str) -> str:
    """Return a specification's period in words: "all" gives "all years"."""
    return "all years" if period == "all" else wording.name(period).lower()


def listed_periods(table: pl.DataFrame) -> str:
    """Return the periods of a table of estimates in words: "all years"."""
    return wording.listed([period_words(period) for period in sorted(set(table["period"]))])


def _rows(table: pl.DataFrame, labels: dict[str, str], order: Sequence[str], judged: str) -> pl.DataFrame:
    """Return the table with `group` in words, in the order given, the rest after it.

    A group that rests on another period than the judged one says so in its name and stands aside (`is_aside`).
    """
    rank = {value: place for place, value in enumerate(order)}
    names = [
        labels.get(row["group_value"], wording.name(row["group_value"]))
        + ("" if row["period"] == judged else f", {period_words(row['period'])}")
        for row in table.iter_rows(named=True)
    ]
    return (
        table.with_columns(
            rank=pl.col("group_value").replace_strict(rank, default=len(rank)).cast(pl.Int32),
            group=pl.Series(names, dtype=pl.String),
            is_aside=pl.col("period") != judged,
        )
        .sort("rank", "group_value")
        .select(*TABLE_COLUMNS)
    )


def _why_none(table: pl.DataFrame) -> list[str]:
    """Return why the groups that are large enough and still have no number have none, each reason once with its groups."""
    groups_of: dict[str, list[str]] = {}
    for row in table.iter_rows(named=True):
        is_ample = row["n_vacancies"] >= FEWEST_VACANCIES and row["n_employers"] >= FEWEST_EMPLOYERS
        if row["note"] and is_ample and row["group"] != "All" and not (row["is_shown"] and row["value"] is not None):
            groups_of.setdefault(wording.sentence(row["note"]), []).append(row["group"])
    return [f"No number for {'; '.join(names)}: {why}" for why, names in groups_of.items()]


def _aside_note(table: pl.DataFrame, judged: str) -> list[str]:
    if not table["is_aside"].any():
        return []
    return [
        f"Grey rows rest on another period than the judged one ({period_words(judged)}), which holds too few of them: do not compare across."
    ]


def _said(table: pl.DataFrame, unit: str | None) -> str:
    """Return a table of estimates in words, for alt text."""
    parts = [
        f"{row['group']} {wording.figure(row['value'], unit)} ({wording.interval(row['low'], row['high'], unit)})"
        if row["is_shown"] and row["value"] is not None
        else f"{row['group']} too few ({wording.plural(row['n_vacancies'], 'vacancy', 'vacancies')})"
        for row in table.iter_rows(named=True)
    ]
    return "; ".join(parts)


def _threshold(claim: dict) -> dict:
    return {"threshold_low": claim["threshold_low"], "threshold_high": claim["threshold_high"]}


def _drawn(claim: dict) -> dict:
    """Return what the claim says of how it is drawn: `axis` in words, and whether the axis reaches `zero`."""
    return json.loads(claim["chart"] or "{}")


def _axis_title(claim: dict) -> str | None:
    """Return what the axis measures, in words; None where the line above the chart says the same."""
    title = _drawn(claim).get("axis")
    return None if title and title.lower() == (claim["estimate_description"] or "").lower() else title


def _supported_if(claim: dict) -> str:
    return f"Shaded: where the claim says the number lies ({region(claim['threshold_low'], claim['threshold_high'], claim['verdict_unit'])})."


def headline(claim: dict, found: pl.DataFrame) -> Figure | None:
    """The estimate against its threshold, whole, then by market, employer size and role where the claim has roles to part."""
    unit = claim["verdict_unit"]
    whole = found.filter(HEADLINE & (pl.col("specification") == "headline") & (pl.col("group_kind") == "all"))
    if not whole.height:
        return None
    judged = whole.item(0, "period")
    market = groups(found, "market")
    sizes = groups(found, "size_class")
    roles = groups(found, "role")
    parted = "by market, employer size and role" if roles.height else "by market and employer size"
    table = pl.concat(
        [
            _rows(whole, {"all": "All"}, ("all",), judged),
            _rows(market, MARKET_WORDS, MARKETS, judged),
            _rows(sizes, SIZE_WORDS, SIZE_CLASSES, judged),
            _rows(roles, ROLE_WORDS, ROLES, judged),
        ]
    )
    shown = table.filter(
        pl.col("is_shown") & pl.col("value").is_not_null() & (pl.col("group") != "All") & ~pl.col("is_aside")
    )
    is_any_shown = table["is_shown"].any()
    finding = f"The estimate against its threshold, {parted}"
    if not is_any_shown:
        finding = f"Too few vacancies or employers in every group, {parted}"
    if shown.height > 1:
        low, high = shown.sort("value").row(0, named=True), shown.sort("value").row(-1, named=True)
        finding = f"From {wording.figure(low['value'], unit)} ({low['group']}) to {wording.figure(high['value'], unit)} ({high['group']}), {parted}"
    uncorrected = whole.item(0, "value_uncorrected")
    note = whole.item(0, "note")
    caveats = [_supported_if(claim) + " Dots are estimates, bars their 95% intervals.", *_aside_note(table, judged)]
    if not is_any_shown:
        caveats = ["The table holds the count of each group."]
    if note:
        caveats.append(note)
    caveats += _why_none(table)
    if uncorrected is not None and abs(uncorrected - (whole.item(0, "value") or uncorrected)) > 1e-9:
        caveats.append(
            f"Corrected for the measured error of role recognition; uncorrected it is {wording.figure(uncorrected, unit)}."
        )
    if unknown := whole.item(0, "n_unknown"):
        caveats.append(f"{wording.plural(unknown, 'vacancy', 'vacancies')} left out because a field could not be told.")
    return Figure(
        key=f"{claim['claim_slug']}_groups",
        finding=finding,
        subtitle=claim["estimate_description"] or "",
        description=f"{claim['statement']} Estimates with 95% intervals: {_said(table, unit)}.",
        chart=charts.intervals(
            table,
            unit=unit,
            colour=VERDICT_LOOKS[claim["verdict"]].colour,
            title=_axis_title(claim),
            zero=_drawn(claim).get("zero", False),
            **_threshold(claim),
        )
        if is_any_shown
        else None,
        table=table,
        source=_source(claim),
        caveats=caveats,
    )  # fmt: skip


def breaks_for(changes: Sequence[dict], sources: Sequence[str], fields: Sequence[str]) -> list[tuple[dt.date, str]]:
    """Return the changes of the instrument that break this series: of its sources, of its fields, or of no named one."""
    known = set(sources) | set(fields)
    return [
        (change["changed_at"].date(), change["detail"])
        for change in changes
        if change["breaks_comparability"]
        and (change["subject"] in known or change["kind"] not in ("source_added", "outage", "parser_version"))
    ]


def over_years(claim: dict, found: pl.DataFrame, changes: Sequence[dict], alike: dict[int, int]) -> Figure | None:
    """The estimate year by year, cut where the instrument changed."""
    unit = claim["verdict_unit"]
    yearly = groups(found, "year").filter(pl.col("group_value").str.contains(r"^\d{4}$"))
    shown = yearly.filter(pl.col("is_shown") & pl.col("value").is_not_null()).sort("group_value")
    if shown.height < 2:
        return None
    table = shown.select(
        pl.col("group_value").str.to_date("%Y").alias("year"), "value", "low", "high", "unit", "n_vacancies", "n_employers"
    )  # fmt: skip
    first, last = table.row(0, named=True), table.row(-1, named=True)
    cuts = breaks_for(changes, claim["sources"] or [], claim["fields"] or [])
    cut_note = [
        f"The line is cut where the instrument changed: {wording.day(day)}, {wording.sentence(why)}"
        for day, why in cuts
        if first["year"] <= day <= dt.date(last["year"].year, 12, 31)
    ]
    mixed = [SAME_SOURCES] if len({alike.get(year.year) for year in table["year"]}) > 1 else []
    few = sorted(set(yearly["group_value"]) - set(shown["group_value"]))
    few_note = [f"Too few vacancies or employers to show: {wording.listed(few)}."] if few else []
    line = longest_lines(table.with_columns(series=pl.lit("")), "series", [day for day, _ in cuts], alike)[""]
    finding = f"{wording.figure(first['value'], unit)} in {first['year'].year}, {wording.figure(last['value'], unit)} in {last['year'].year}"
    if line.height > 1:
        said = changed(line, unit)
        finding = said[:1].upper() + said[1:]
    elif cut_note:
        finding += ", with a change of the instrument between"
    elif mixed:
        finding += ", from different sources"
    return Figure(
        key=f"{claim['claim_slug']}_years",
        finding=finding,
        subtitle="The same measure in each year, with its 95% interval.",
        description=f"{claim['statement']} By year: "
        + "; ".join(f"{row['year'].year} {wording.figure(row['value'], unit)}" for row in table.iter_rows(named=True))
        + ".",
        chart=charts.trend(
            table,
            unit=unit,
            breaks=cuts,
            stretches=alike,
            colours={"": VERDICT_LOOKS[claim["verdict"]].colour},
            **_threshold(claim),
        ),
        table=table,
        source=_source_of_groups(table, sorted(set(shown["source_set"])), f"{first['year'].year}–{last['year'].year}"),
        caveats=[*cut_note, *mixed, *few_note],
    )


def curve(claim: dict, found: pl.DataFrame) -> Figure | None:
    """Every defensible way to measure, in order of size."""
    table = specifications(found)
    shown = table.filter(pl.col("is_shown") & pl.col("value").is_not_null())
    if shown.height < 2:
        return None
    unit = claim["verdict_unit"]
    agreeing = shown.filter(pl.col("verdict") == claim["verdict"]).height
    low, high = shown["value"].min(), shown["value"].max()
    word = VERDICT_LOOKS[claim["verdict"]].word.lower()
    top, matrix = charts.specification_curve(table, unit=unit, verdict=claim["verdict"], **_threshold(claim))
    return Figure(
        key=f"{claim['claim_slug']}_specifications",
        finding=f"{agreeing} of {shown.height} ways to measure it give the same verdict, {word}",
        subtitle=f"Estimates run {wording.interval(low, high, unit)} over the specifications. Filled: same verdict; hollow: another.",
        description=f"Specification curve: {shown.height} specifications, estimates {wording.interval(low, high, unit)}, {agreeing} of them {word}.",
        chart=top,
        below=matrix,
        table=shown.select(
            "specification", "role_definition", "dedup", "weighting", "source_set", "region", "period", "pay_tier", "value", "low", "high", "unit",
            "n_vacancies", "n_employers", "verdict",
        ).sort("value", "specification"),
        source=_source(claim),
        caveats=[f"{wording.plural(table.height - shown.height, 'specification')} with too few vacancies or employers left out."]
        if table.height > shown.height
        else (),
    )  # fmt: skip


def _of_sources(drawn: pl.DataFrame, unit: str | None) -> str:
    """Return what the sources say beside each other: "Each source by itself: from 0.05 (Hacker News) to 0.41 (Ashby)"."""
    shown = drawn.filter(pl.col("is_shown") & pl.col("value").is_not_null()).sort("value", "group")
    said = [f"{wording.figure(row['value'], unit)} ({row['group']})" for row in shown.iter_rows(named=True)]
    if not said:
        return "Each source by itself: too few to say"
    return f"Each source by itself: {said[0] if len(said) == 1 else f'from {said[0]} to {said[-1]}'}"


def by_source(claim: dict, found: pl.DataFrame) -> Figure | None:
    """The estimate in each source, side by side and never pooled."""
    table = groups(found, "source")
    if table.height < 2 or not table["is_shown"].any():
        return None
    unit = claim["verdict_unit"]
    judged = judged_period(found)
    drawn = _rows(table, {}, sorted(table["group_value"]), judged)
    return Figure(
        key=f"{claim['claim_slug']}_sources",
        finding=_of_sources(drawn, unit),
        subtitle="Sources differ in who posts there; a number that holds in one alone is about that source.",
        description=f"By source: {_said(drawn, unit)}.",
        chart=charts.intervals(drawn, unit=unit, **_threshold(claim)),
        table=drawn,
        source=_source_of_groups(drawn, sorted(table["group_value"]), listed_periods(table)),
        caveats=_aside_note(drawn, judged),
    )


def _beside_said(drawn: pl.DataFrame, unit: str) -> str:
    """Return what the measures beside the judged one say: the one by name, several by their range."""
    shown = drawn.filter(pl.col("is_shown") & pl.col("value").is_not_null()).sort("value")
    if shown.height == 1:
        row = shown.row(0, named=True)
        return (
            f"{row['group']}: {wording.figure(row['value'], unit)} ({wording.interval(row['low'], row['high'], unit)})"
        )
    if not shown.height:
        return f"{drawn['group'][0]}: too few to say" if drawn.height == 1 else "Measured otherwise: too few to say"
    low, high = wording.figure(shown["value"][0], unit), wording.figure(shown["value"][-1], unit)
    return f"Measured otherwise: {low}" + (f" to {high}" if high != low else "")


def beside(claim: dict, found: pl.DataFrame) -> list[Figure]:
    """The measures that stand beside the judged one, one figure per unit so that no axis mixes units."""
    others = found.filter(~HEADLINE & (pl.col("specification") == "headline"))
    figures = []
    for unit in sorted(others["unit"].unique()):
        rows = others.filter(pl.col("unit") == unit).sort("measure", "group_kind", "group_value")
        if not rows["is_shown"].any():
            continue
        whole = rows.filter(pl.col("group_kind") == "all")
        use = whole if whole.height else rows
        labels = [
            row["measure_label"] + ("" if row["group_kind"] == "all" else f", {wording.name(row['group_value'])}")
            for row in use.iter_rows(named=True)
        ]
        drawn = use.with_columns(group=pl.Series(labels, dtype=pl.String), is_aside=pl.lit(False)).select(
            *TABLE_COLUMNS
        )
        figures.append(
            Figure(
                key=f"{claim['claim_slug']}_beside_{len(figures) + 1}",
                finding=_beside_said(drawn, unit),
                subtitle="These stand beside the judged number and do not decide the verdict.",
                description=f"Measures beside the judged one: {_said(drawn, unit)}.",
                chart=charts.intervals(drawn, unit=unit, row_height=48) if drawn["is_shown"].any() else None,
                table=drawn,
                source=_source(claim),
                caveats=[f"{row['group']}: {row['note']}" for row in drawn.iter_rows(named=True) if row["note"]],
            )
        )
    return figures


@remembered
def of_claim(path: Path, slug: str) -> list[Figure]:
    """Return the figures of a claim's page, in the order they are read; those without enough data are left out."""
    claim = next(row for row in board(path) if row["claim_slug"] == slug)
    found = estimates(path, slug)
    changes = snapshot.rows(path, "SELECT * FROM change_log ORDER BY changed_at")
    alike = stretches(Scope(path, Filters()))
    made = (
        headline(claim, found),
        over_years(claim, found, changes, alike),
        curve(claim, found),
        by_source(claim, found),
    )
    return [figure for figure in made if figure is not None] + beside(claim, found)
