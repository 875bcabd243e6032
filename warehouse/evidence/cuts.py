"""The cuts through the sample: specifications of an estimate, groups it is broken down by, and how a default is settled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Period = str
LATEST = "latest_24_months"
LATEST_YEAR = "latest_12_months"
ALL = "all"
DEFAULT = "default"
"""Stands for the period or pay tier that the written rule settles: see `Cut.settled`."""

CHOICES = ("role_definition", "dedup", "weighting", "source_set", "region", "period", "pay_tier")


@dataclass(frozen=True, slots=True)
class Cut:
    """One way through the sample: the seven choices of a specification, and the group it is narrowed to."""

    role_definition: Literal["broad", "strict"] = "broad"
    dedup: Literal["on", "off"] = "on"
    weighting: Literal["vacancy", "employer"] = "vacancy"
    source_set: str = ALL
    region: str = ALL
    period: Period = DEFAULT
    pay_tier: str = DEFAULT
    size_class: str = ALL
    specification: str = "headline"
    group_kind: str = ALL
    group_value: str = ALL

    def named(self) -> Cut:
        """Return the cut with its specification named after its choices, in the order of `CHOICES`."""
        words = "-".join(str(getattr(self, choice)) for choice in CHOICES)
        return replace(self, specification=words)

    def plain(self) -> Cut:
        """Return the cut without its names: two cuts that are equal so keep the same rows and weigh them alike."""
        return replace(self, specification="headline", group_kind=ALL, group_value=ALL)

    def settled(self, periods: tuple[str, ...], tiers: tuple[str, ...]) -> list[Cut]:
        """Return the cuts that a default may stand for, the preferred one first.

        The rule, fixed before looking: the most recent 24 months where every side has 100 vacancies of 20 employers, pay
        as the source states it before pay read from the text, tiers never blended; failing that all periods; failing
        that too, the reading whose thinnest side rests on most. `Measure.settle` applies it to every cut alike.
        """
        periods = periods if self.period == DEFAULT else (self.period,)
        tiers = tiers if self.pay_tier == DEFAULT else (self.pay_tier,)
        return [replace(self, period=period, pay_tier=tier) for period in periods for tier in tiers]


def specifications(
    headline: Cut,
    sources: list[str],
    markets: list[str],
    years: list[str],
    tiers: tuple[str, ...],
    periods: tuple[str, ...],
    *,
    is_heavy: bool = False,
) -> list[Cut]:
    """Return the specification curve around a headline: role × dedup × weight crossed, the rest departed from singly.

    Each source, market, period and pay tier is tried under both weights, everything else as in the headline.
    """
    found = [
        replace(headline, role_definition=role, dedup=dedup, weighting=weighting)
        for role in ("broad", "strict")
        for dedup in ("on", "off")
        for weighting in ("vacancy", "employer")
    ]
    for weighting in ("vacancy",) if is_heavy else ("vacancy", "employer"):
        base = replace(headline, weighting=weighting)
        found += [replace(base, source_set=source) for source in sources if len(sources) > 1]
        found += [replace(base, region=market) for market in markets]
        found += [replace(base, period=period) for period in dict.fromkeys((*periods, ALL, *years))]
        found += [replace(base, pay_tier=tier) for tier in tiers]
    return [cut for cut in dict.fromkeys(found) if cut != headline]


def groups(headline: Cut, sources: list[str], markets: list[str], years: list[str], sizes: list[str]) -> list[Cut]:
    """Return the breakdowns of a headline by market, employer size, year and source.

    Markets and sizes are those of the headline's period; years and sources look at all of it, since a year is a period
    and a source may have none of the latest.
    """
    return [
        *(replace(headline, region=market, group_kind="market", group_value=market) for market in markets),
        *(replace(headline, size_class=size, group_kind="size_class", group_value=size) for size in sizes),
        *(replace(headline, period=year, group_kind="year", group_value=year) for year in years),
        *(
            replace(headline, source_set=source, period=ALL, group_kind="source", group_value=source)
            for source in sources
        ),
    ]
