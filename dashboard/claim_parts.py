"""The parts of a claim's page that are words and facts: who said it, the verdict, the method, the quality of its fields, the query."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import streamlit as st

from dashboard import board, evidence, filters, reader_sql, snapshot, wording
from dashboard.claims import View, region, short
from dashboard.downloads import neutralised
from dashboard.figures import Figure, download_row
from dashboard.headings import named
from dashboard.pages import CLAIM_PAGE
from dashboard.wording import html_safe, markdown_safe
from warehouse.schema.tables import ROLES


def neighbours(claim: dict, rows: list[dict]) -> None:
    """Offer the claim before, the board, and the claim after."""
    place = next(k for k, row in enumerate(rows) if row["claim_slug"] == claim["claim_slug"])
    with st.container(horizontal=True, horizontal_alignment="distribute", key="neighbours"):
        for step, icon, side in ((-1, ":material/arrow_back:", "left"), (1, ":material/arrow_forward:", "right")):
            if 0 <= place + step < len(rows):
                other = rows[place + step]
                st.page_link(
                    st.Page(CLAIM_PAGE, url_path=other["claim_slug"], title=wording.name(other["claim_slug"])),
                    label=wording.name(other["claim_slug"]),
                    help=other["question"],
                    icon=icon,
                    icon_position=side,
                )


def heading(claim: dict) -> None:
    """Show the finding as the title, the statement and who said it, and the verdict as mark and word."""
    st.html(
        f'<p class="rm rm-kicker"><a href="./">Verdict board</a> · essay {html_safe(claim["essay"])} · '
        f"{html_safe(wording.name(claim['claim_slug']))}</p>"
    )
    st.title(markdown_safe(_title(claim)), anchor=False)
    reason = "" if claim["not_testable_reason"] else wording.sentence(claim["reason"])
    st.html(
        f'<blockquote class="rm rm-statement" style="margin-left:0">{html_safe(claim["statement"])}'
        f"<cite>{html_safe(claim['essay_title'])}, in our paraphrase</cite></blockquote>"
        f'<p class="rm">{board.pill(claim["verdict"], large=True)}</p>'
        + (f'<p class="rm rm-note">{html_safe(reason)}</p>' if reason else "")
    )


def _title(claim: dict) -> str:
    """Return the finding; where there is no number, its first words, since why stands below in full."""
    if claim["not_testable_reason"]:
        return claim["finding"].removeprefix("Not testable: ").partition(". ")[0].rstrip(".")
    return short(claim) or claim["finding"].partition(";")[0]


def numbers(claim: dict, period: str) -> None:
    """Show the judged numbers as a grid of facts; `period` is that of the judged specification."""
    unit = claim["verdict_unit"]
    pairs = [
        ("Estimate", wording.figure(claim["value"], unit), f"95% interval {wording.interval(claim['low'], claim['high'], unit)}"
         if claim["value"] is not None else "too few to show"),
        ("Supported if", region(claim["threshold_low"], claim["threshold_high"], unit), "written down before looking"),
        ("Specifications that agree", f"{claim['n_agreeing']} of {claim['n_specifications']}" if claim["n_specifications"] else "–", "ways to measure the same thing"),
        ("Rests on", wording.plural(claim["n_vacancies"], "vacancy", "vacancies"), f"of {wording.plural(claim['n_employers'], 'employer')}"),
        ("Data", wording.days_between(claim["data_from_on"], claim["data_to_on"]) if claim["data_from_on"] else "–",
         wording.listed([wording.name(source) for source in claim["sources"] or []])),
    ]  # fmt: skip
    if claim["p_value_holm"] is not None:
        p = claim["p_value_holm"]
        pairs.append(("p-value", "below 0.001" if p < 0.001 else f"{p:.3f}", "Holm-corrected across claims"))
    st.html(board.facts(pairs))


def narrowed(claim: dict, seen: View, chosen: filters.Filters, period: str) -> None:
    """Show the estimate of the filtered view beside the judged one, or say why there is none; `period` is the judged one."""
    if not chosen.chosen():
        return
    unit = claim["verdict_unit"]
    with st.container(border=True, key="narrowed"):
        if seen.estimate is None:
            said = f"In this view there is no number: {seen.why_not}. The figures below are not narrowed."
        elif seen.estimate["value"] is None:
            few = f"{wording.plural(seen.estimate['n_vacancies'], 'vacancy', 'vacancies')} of {wording.plural(seen.estimate['n_employers'], 'employer')}"
            said = f"In this view there are too few to say: {few}. The figures below are not narrowed."
        else:
            e = seen.estimate
            said = (
                f"In this view {wording.figure(e['value'], unit)} (95% interval {wording.interval(e['low'], e['high'], unit)}; "
                f"{wording.plural(e['n_vacancies'], 'vacancy', 'vacancies')} of {wording.plural(e['n_employers'], 'employer')}), "
                f"which alone would earn “{wording.name(e['verdict']).lower()}”. Overall it is {wording.figure(claim['value'], unit)}."
            )
            if e["period"] != period:
                said += f" It rests on {evidence.period_words(e['period'])}, the judged one on {evidence.period_words(period)}: do not compare the two."
        st.html(f'<p class="rm">{html_safe(chosen.sentence("level"))}</p><p class="rm rm-note">{html_safe(said)}</p>')


def words(path: Path, claim: dict) -> None:
    """Show in plain words how it was measured, what the number is not, how well its fields are read, and what would change the verdict."""
    if claim["not_testable_reason"]:
        st.header("Why postings cannot tell", anchor=False)
        st.markdown(markdown_safe(wording.sentence(claim["not_testable_reason"])), width=740)
        return
    for title, text in (
        ("How it was measured", claim["method"]),
        ("The rule", claim["rule"]),
        ("What would change the verdict", claim["would_change"]),
    ):
        if text:
            st.header(title, anchor=False)
            st.markdown(markdown_safe(wording.sentence(text)), width=740)
    if claim["caveats"]:
        st.header("What the number is not", anchor=False)
        st.markdown("\n".join(f"- {markdown_safe(wording.sentence(caveat))}" for caveat in claim["caveats"]), width=740)
    _quality(path, claim)


def _quality(path: Path, claim: dict) -> None:
    if not claim["fields"]:
        return
    st.header("How well its fields are read", anchor=False)
    fields = ", ".join("'" + field.replace("'", "''") + "'" for field in claim["fields"])
    table = snapshot.ask(
        path,
        f"SELECT field, label_set, is_unseen, metric, value, low, high, n_labelled FROM quality WHERE class = 'all' AND field IN ({fields}) ORDER BY field, is_unseen DESC, label_set, metric",
    )
    if not table.height:
        st.caption(
            "This snapshot carries no measurement of these fields: "
            + wording.listed([markdown_safe(field) for field in claim["fields"]])
            + "."
        )
        return
    st.dataframe(in_percent(named(table)), hide_index=True, column_config=QUALITY_COLUMNS, alt="Measured quality of the fields this claim rests on")  # fmt: skip
    if unmeasured := [field for field in claim["fields"] if field not in set(table["field"])]:
        st.caption(f"Not measured: {wording.listed([markdown_safe(field) for field in unmeasured])}.")


def in_percent(table: pl.DataFrame) -> pl.DataFrame:
    """Return figures of quality as they are read, 97.1 for 0.971."""
    return table.with_columns((pl.col("value", "low", "high") * 100).round(1))


QUALITY_COLUMNS = {
    "field": "Field",
    "label_set": "Labels",
    "is_unseen": st.column_config.CheckboxColumn("Unseen", help="Labels that have corrected no rule, cue or weight"),
    "metric": "Measure",
    "value": st.column_config.NumberColumn("Figure", format="%.1f%%"),
    "low": st.column_config.NumberColumn("From", format="%.1f%%", help="Lower end of the Wilson 95% interval"),
    "high": st.column_config.NumberColumn("To", format="%.1f%%", help="Upper end of the Wilson 95% interval"),
    "n_labelled": st.column_config.NumberColumn("Labelled", format="localized"),
}


def benchmarks(path: Path, claim: dict) -> None:
    """Show the published figures that stand beside this claim, with why they differ; never mixed into the estimate."""
    table = snapshot.ask(
        path,
        "SELECT title, place, grouping, period_on, value, unit, n, publisher, difference, licence FROM benchmark"
        " WHERE list_contains(claim_slugs, $slug) ORDER BY title, place, grouping, period_on",
        slug=claim["claim_slug"],
    )
    if not table.height:
        return
    latest = table.group_by("title", "place", "grouping", maintain_order=True).last().select(table.columns)
    st.subheader("What others publish", anchor="benchmarks")
    st.caption(
        "Official and published figures, beside the estimate and never mixed into it."
        + (" The latest of each series; the download holds every period." if latest.height < table.height else "")
    )
    empty = [column for column in ("n", "place", "grouping") if latest[column].null_count() == latest.height]
    groups = [wording.name(group) if group in ROLES else group for group in latest["grouping"]]
    st.dataframe(
        neutralised(latest.with_columns(grouping=pl.Series(groups, dtype=pl.String)).drop(empty)),
        hide_index=True,
        placeholder="–",
        column_config={
            "title": st.column_config.TextColumn("Series", width=330),
            "publisher": "Publisher",
            "period_on": st.column_config.DateColumn("Period", format="MMM YYYY"),
            "place": "Place",
            "grouping": "Group",
            "value": st.column_config.NumberColumn("Value", format="localized"),
            "unit": "Unit",
            "n": "n",
            "difference": st.column_config.TextColumn("Why it differs", width="large"),
            "licence": "Licence",
        },
        alt="Published figures beside this claim",
    )
    key = f"{claim['claim_slug']}_published"
    download_row(
        Figure(key=key, finding="What others publish", description="Published figures", table=table, source=""),
        with_table=False,
    )


def query(path: Path, claim: dict) -> None:
    """Show the query that gives the number's raw form, and run it, as shown or as the reader changes it."""
    if not claim["sql"]:
        return
    st.header("The query behind it", anchor="query")
    st.caption(
        "Gives the raw form of the number from this snapshot, before intervals and corrections. It runs here as shown; change it if you like. "
        f"Only SELECT is run, for at most {reader_sql.SECONDS:g} seconds and {wording.count(reader_sql.ROW_CAP)} rows."
    )
    sql = st.text_area("SQL", claim["sql"], key=f"sql_{claim['claim_slug']}", height="content")
    if st.button("Run the query", icon=":material/play_arrow:", key=f"run_{claim['claim_slug']}"):
        show_answer(path, sql, f"query_{claim['claim_slug']}")


def show_answer(path: Path, sql: str, key: str) -> None:
    """Run a reader's query within its limits and show the rows, or one sentence on why there are none."""
    try:
        answer = reader_sql.run(path, sql)
    except reader_sql.RefusedQueryError as refused:
        st.error(markdown_safe(str(refused)), icon=":material/block:")
        return
    st.dataframe(neutralised(answer.table), placeholder="–", hide_index=True, alt="Rows of the query")
    if answer.is_cut:
        st.caption(f"Cut at {wording.count(reader_sql.ROW_CAP)} rows.")
    download_row(
        Figure(key=key, finding="Query", description="Rows of the query", table=answer.table, source=path.name)
    )
