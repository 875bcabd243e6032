"""The frames that judging starts from."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Market:
    """The tables a judgement rests on, each in the shape that `warehouse.schema.tables` declares.

    `confusion` holds the role classifier's counts on labelled postings, columns `labelled`, `predicted` and `n`; None
    where there are none, and then no share of roles is corrected.
    """

    vacancy: pl.DataFrame | pl.LazyFrame
    vacancy_skill: pl.DataFrame | pl.LazyFrame
    employer: pl.DataFrame | pl.LazyFrame
    supply_month: pl.DataFrame | pl.LazyFrame
    benchmark: pl.DataFrame | pl.LazyFrame
    quality: pl.DataFrame | pl.LazyFrame
    change_log: pl.DataFrame | pl.LazyFrame
    confusion: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The tables `claim`, `estimate` and `verdict`, in exactly the schema's columns."""

    claim: pl.DataFrame
    estimate: pl.DataFrame
    verdict: pl.DataFrame
