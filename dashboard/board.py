"""The verdict board and its pieces as HTML: pills that name a verdict by mark and word, intervals drawn against their threshold."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard import wording
from dashboard.claims import region, short
from dashboard.theme import GREY, LOOKS, NOT_ESTIMATED, VERDICT_LOOKS
from dashboard.wording import html_safe

HOLLOW = ("too_few", "not_testable", NOT_ESTIMATED)


def pill(verdict: str, *, large: bool = False) -> str:
    """Return a verdict as mark and word; the colour only repeats them."""
    look = LOOKS[verdict]
    classes = "rm-pill" + (" rm-hollow" if verdict in HOLLOW else "") + (" rm-large" if large else "")
    return (
        f'<span class="{classes}" style="--rm-hue:{look.colour}"><i aria-hidden="true">{look.mark}</i>'
        f"<span>{look.word}</span></span>"
    )


def _span(values: Iterable[float | None]) -> tuple[float, float]:
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    pad = 0.18 * (high - low) or 0.5 * abs(high) or 1.0
    return low - pad, high + pad


def drawn_interval(
    value: float | None,
    low: float | None,
    high: float | None,
    threshold_low: float | None,
    threshold_high: float | None,
    unit: str | None,
    colour: str,
    further: str = "",
) -> str:
    """Return an estimate and its interval on its own axis, with the supporting region shaded and the threshold dashed.

    `further` says in words what must hold beside the region.
    """
    if value is None:
        return ""
    start, end = _span((value, low, high, threshold_low, threshold_high))

    def at(x: float) -> float:
        return round(100 * (x - start) / (end - start), 2)

    left = 0 if threshold_low is None else at(threshold_low)
    right = 100 if threshold_high is None else at(threshold_high)
    has_region = threshold_low is not None or threshold_high is not None
    pieces = ['<span class="rm-axis"></span>']
    if has_region:
        pieces.append(f'<span class="rm-band" style="left:{left}%;width:{round(right - left, 2)}%"></span>')
        pieces += [
            f'<span class="rm-threshold" style="left:{at(edge)}%"></span>'
            for edge in (threshold_low, threshold_high)
            if edge is not None
        ]
    if low is not None and high is not None:
        pieces.append(f'<span class="rm-bar" style="left:{at(low)}%;width:{round(at(high) - at(low), 2)}%"></span>')
    pieces.append(f'<span class="rm-dot" style="left:{at(value)}%"></span>')
    said = f"Estimate {wording.figure(value, unit)}, 95% interval {wording.interval(low, high, unit)}; supported if {region(threshold_low, threshold_high, unit)}{further}"
    return f'<div class="rm-interval" role="img" aria-label="{html_safe(said)}" style="--rm-hue:{colour}">{"".join(pieces)}</div>'


def agreement(agreeing: int | None, specifications: int | None) -> str:
    """Return in how many specifications the verdict holds, as a bar and in words."""
    if not specifications:
        return '<span class="rm-faint">–</span>'
    share = round(100 * (agreeing or 0) / specifications)
    return (
        f'<span class="rm-agree" aria-hidden="true"><span style="width:{share}%"></span></span> '
        f'<span class="rm-num">{agreeing} of {specifications}</span>'
    )


def _rests_on(row: dict) -> str:
    """Return vacancies, employers, sources and dates."""
    if not row["n_vacancies"]:
        return '<span class="rm-faint">–</span>'
    lines = [wording.plural(row["n_employers"], "employer")]
    if row["value"] is not None and row.get("sources") and row["data_from_on"]:
        lines.append(wording.listed([wording.name(source) for source in row["sources"]]))
        lines.append(wording.years_between(row["data_from_on"], row["data_to_on"]))
    return f"{wording.count(row['n_vacancies'])}<small>{''.join(f'<span>{html_safe(line)}</span>' for line in lines)}</small>"


def _further(n: int | None) -> str:
    """Return how many further parts of a claim must hold too, as words that follow the first."""
    return f" and {wording.plural(n, 'further part')} hold{'s' if n == 1 else ''}" if n else ""


def _row(row: dict, query: str) -> str:
    look = LOOKS[row["verdict"]]
    unit = row["verdict_unit"]
    href = f"{html_safe(row['claim_slug'])}{html_safe(query)}"
    drawn = drawn_interval(
        row["value"],
        row["low"],
        row["high"],
        row["threshold_low"],
        row["threshold_high"],
        unit,
        look.colour if row["verdict"] not in HOLLOW else GREY,
        further := _further(row["n_further_parts"]),
    )
    if row["value"] is not None:
        words = f"<b>{html_safe(wording.figure(row['value'], unit))}</b> ({html_safe(wording.interval(row['low'], row['high'], unit))})"
        words += f"<small>supported if {html_safe(region(row['threshold_low'], row['threshold_high'], unit) + further)}</small>"
    else:
        words = f'<span class="rm-faint">{html_safe(row.get("why_not") or row["not_testable_reason"] or row["reason"])}</span>'
    said = " · ".join(part for part in (f"Essay {row['essay']}", short(row)) if part)
    return (
        f'<tr><td><a href="{href}">{html_safe(row["statement"])}</a><small>{html_safe(said)}</small></td>'
        f"<td>{pill(row['verdict'])}</td>"
        f'<td class="rm-wide">{drawn}{words}</td>'
        f'<td data-label="Specifications that agree:">{agreement(row["n_agreeing"], row["n_specifications"])}</td>'
        f'<td class="rm-num" data-label="Vacancies:">{_rests_on(row)}</td></tr>'
    )


def table(rows: list[dict], query: str = "") -> str:
    """Return the verdict board; `query` follows each link so that a narrowed view stays narrowed."""
    body = "".join(_row(row, query) for row in rows)
    return (
        '<div class="rm"><table class="rm-board"><caption>Each interval has its own scale: shaded is where the claim says the number lies, '
        "dashed the threshold, the dot the estimate, the bar its 95% interval. DS/MLE are data scientists, ML engineers and research scientists, SWE software engineers.</caption>"
        '<thead><tr><th scope="col">Claim</th><th scope="col">Verdict</th><th scope="col">Estimate and 95% interval</th>'
        '<th scope="col">Specifications that agree</th><th scope="col">Vacancies</th></tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def plain(rows: Iterable[tuple[str, str, str, str]], heads: tuple[str, str]) -> str:
    """Return (address or "", words, note, text) rows as a table of two columns whose text is never cut."""

    def first(address: str, words: str) -> str:
        return f'<a href="{html_safe(address)}">{html_safe(words)}</a>' if address else f"<b>{html_safe(words)}</b>"

    body = "".join(
        f"<tr><td>{first(address, words)}<small>{html_safe(note)}</small></td><td>{html_safe(text)}</td></tr>"
        for address, words, note, text in rows
    )
    head = "".join(f'<th scope="col">{html_safe(title)}</th>' for title in heads)
    return f'<div class="rm"><table class="rm-board rm-plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def tally(rows: list[dict]) -> str:
    """Return how many claims earned each verdict, as a strip parted in proportion and in words."""
    counts = {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in VERDICT_LOOKS}
    parts = "".join(
        f'<span class="{_strip_class(verdict)}" style="flex-grow:{n};--rm-hue:{VERDICT_LOOKS[verdict].colour}"></span>'
        for verdict, n in counts.items()
        if n
    )
    items = "".join(f'<div role="listitem"><b>{n}</b>{pill(verdict)}</div>' for verdict, n in counts.items())
    return f'<div class="rm-strip" aria-hidden="true">{parts}</div><div class="rm rm-tally" role="list">{items}</div>'


def _strip_class(verdict: str) -> str:
    return "" if verdict not in HOLLOW else f"rm-hollow rm-{verdict.replace('_', '-')}"


def facts(pairs: Iterable[tuple[str, str, str]]) -> str:
    """Return (label, value, note) triples as a grid of facts."""
    cells = "".join(
        f"<div><dt>{html_safe(label)}</dt><dd>{html_safe(value)}<small>{html_safe(note)}</small></dd></div>"
        for label, value, note in pairs
    )
    return f'<dl class="rm rm-facts">{cells}</dl>'
