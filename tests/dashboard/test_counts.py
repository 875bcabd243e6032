"""Counts, shares and their intervals over the columns in memory, against plain SQL and other libraries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import clustered, columns, skill_shares, snapshot
from dashboard.filters import Filters
from dashboard.topics import explore
from dashboard.topics.scope import Scope
from warehouse.schema.tables import DS_MLE


def clustered_by_hand(frame: pl.DataFrame, over: pl.Expr, under: pl.Expr) -> tuple[float, float]:
    per = frame.group_by("employer_id").agg(s=over.sum(), m=under.sum()).filter((pl.col("s") > 0) | (pl.col("m") > 0))
    s, m = per["s"].cast(pl.Float64).to_numpy(), per["m"].cast(pl.Float64).to_numpy()
    p, k = s.sum() / m.sum(), len(s)
    return p, float(np.sqrt(k / (k - 1) * ((s - p * m) ** 2).sum()) / m.sum())


def test_ratio_and_its_interval_agree_with_the_linearised_cluster_variance(
    scope: Scope, vacancies: pl.DataFrame
) -> None:
    table = clustered.ratios(scope.columns, scope.sides(), {}, scope.rows())
    value, error = clustered_by_hand(vacancies, pl.col("role").is_in(DS_MLE), pl.col("role") == "software_engineer")
    row = table.row(0, named=True)
    assert row["value"] == pytest.approx(value)
    t = clustered.t_quantile(row["n_employers"] - 1)
    assert row["high"] == pytest.approx(value * np.exp(t * error / value))
    assert row["n_vacancies"] == vacancies.filter(pl.col("role").is_in([*DS_MLE, "software_engineer"])).height


def test_share_leaves_unknown_out_and_counts_it(scope: Scope, vacancies: pl.DataFrame) -> None:
    table = clustered.shares(
        scope.columns, scope.columns.flags["asks_software"], {"role": scope.role}, scope.rows()
    ).filter(pl.col("role") == "data_engineer")
    of_role = vacancies.filter(pl.col("role") == "data_engineer")
    row = table.row(0, named=True)
    assert row["n_unknown"] == of_role["asks_software"].null_count() > 0
    assert row["value"] == pytest.approx(of_role["asks_software"].mean())
    known = of_role.filter(pl.col("asks_software").is_not_null())
    value, error = clustered_by_hand(known, pl.col("asks_software"), pl.col("asks_software").is_not_null())
    spread = clustered.t_quantile(row["n_employers"] - 1) * error / (value * (1 - value))
    odds = value / (1 - value) * np.exp(-spread)
    assert row["low"] == pytest.approx(odds / (1 + odds))


def test_small_groups_give_their_count_and_no_number(scope: Scope) -> None:
    table = clustered.shares(
        scope.columns,
        scope.columns.flags["asks_ml"],
        {"level": scope.columns.coded["level"]},
        scope.rows(only=(scope.columns.employers["employer_id"] < "employer-101").to_numpy()[scope.columns.employer]),
    )
    few = table.filter(~pl.col("is_shown"))
    assert few.height
    assert few["value"].null_count() == few.height
    assert (few["n_vacancies"] > 0).all()


def test_share_of_none_and_of_all_has_an_exact_bound() -> None:
    assert clustered.bounds(0.0, 0.0, 20, is_share=True) == (0.0, pytest.approx(1 - 0.05 ** (1 / 20)))
    assert clustered.bounds(1.0, 0.0, 20, is_share=True) == (pytest.approx(0.05 ** (1 / 20)), 1.0)


VIEWS = (
    Filters(), Filters(market="US"), Filters(source="hn", period="2021"), Filters(size="small", level="senior"),
    Filters(definition="strict", market="India"),
)  # fmt: skip


CLUSTERS = """
WITH per AS (
  SELECT v.{role} AS role, v.employer_id, count(*) FILTER (v.asks_software) AS s, count(v.asks_software) AS m, count(*) - count(v.asks_software) AS u
  FROM vacancy v WHERE {where} GROUP BY v.{role}, v.employer_id
)
SELECT role, sum(s) / sum(m) AS value, sum(m)::BIGINT AS n_vacancies, count(*) FILTER (m > 0) AS n_employers, sum(u)::BIGINT AS n_unknown
FROM per GROUP BY role HAVING sum(m) > 0 ORDER BY role NULLS LAST
"""


@pytest.mark.parametrize("filters", VIEWS, ids=str)
def test_columns_count_what_plain_sql_counts(market: Path, filters: Filters) -> None:
    scope = Scope(market, filters)
    asked = CLUSTERS.format(role=filters.role_column, where=filters.where())
    plain = snapshot.ask(market, asked)
    ours = clustered.shares(scope.columns, scope.columns.flags["asks_software"], {"role": scope.role}, scope.rows())
    for name in ("role", "n_vacancies", "n_employers", "n_unknown"):
        assert ours[name].to_list() == plain[name].to_list()
    shown = ours.filter("is_shown").select("role", "value").rows()
    value_of = dict(plain.select("role", "value").rows())
    assert [value for _, value in shown] == pytest.approx([value_of[role] for role, _ in shown])
    whole = snapshot.row(
        market,
        "SELECT count(*) AS n_vacancies, count(DISTINCT employer_id) AS n_employers, list_sort(list(DISTINCT source)) AS sources,"
        f" min(posted_at)::DATE AS from_on, max(posted_at)::DATE AS to_on FROM vacancy v WHERE {filters.where()}",
    )
    assert scope.summary() == whole


@pytest.mark.parametrize("filters", VIEWS, ids=str)
def test_skills_are_counted_as_plain_sql_counts_them(market: Path, filters: Filters) -> None:
    scope = Scope(market, filters)
    plain = snapshot.ask(
        market,
        f"SELECT k.skill_id, count(*) AS n, count(DISTINCT v.employer_id) AS e, sum(v.pay_low_usd_year) AS pay FROM vacancy_skill k"
        f" JOIN vacancy v USING (vacancy_id) WHERE {filters.where()} GROUP BY 1 ORDER BY 1",
    )
    held, rows = scope.columns, scope.rows()
    n = skill_shares.n_asking(held, rows)
    seen = n > 0
    assert held.skills["skill_id"].to_numpy()[seen].tolist() == plain["skill_id"].to_list()
    assert n[seen].tolist() == plain["n"].to_list()
    parts = skill_shares.of_parts(held, np.zeros(len(rows), dtype=np.int16), 1, rows)
    assert parts.n_asking[seen, 0].tolist() == plain["n"].to_list()
    assert parts.value[seen, 0].tolist() == pytest.approx((plain["n"] / len(rows)).to_list())
    few = skill_shares.of_parts(held, np.zeros(len(rows), dtype=np.int16), 1, rows, [1, 4])
    assert few.n_asking[[1, 4]].tolist() == parts.n_asking[[1, 4]].tolist()
    assert few.n_asking.sum() == few.n_asking[[1, 4]].sum()
    assert few.error[[1, 4]].tolist() == parts.error[[1, 4]].tolist()
    days = held.day[rows].astype(np.float64)
    amounts = skill_shares.amounts(held, days, rows)
    assert [(len(found), n_employers) for _, found, n_employers in amounts] == plain.select("n", "e").rows()


@pytest.mark.parametrize("filters", VIEWS, ids=str)
@pytest.mark.parametrize("role", ["all", "data_scientist"])
def test_vacancies_found_in_memory_are_those_of_the_query(market: Path, filters: Filters, role: str) -> None:
    scope = Scope(market, filters)
    asked = snapshot.row(market, explore.counted(scope, role), contains="")["n"]
    assert explore.n_found(scope, role, "") == asked > 0
    assert explore.n_found(scope, role, "", with_sample=True) >= asked


def test_error_of_a_skills_share_is_that_of_a_share_over_employers(scope: Scope) -> None:
    held, rows = scope.columns, scope.rows()
    place = held.skills["skill_id"].to_list().index("python")
    asks = np.zeros(held.n, dtype=np.int8)
    asks[held.asked_by[held.asked_skill == place]] = 1
    row = clustered.shares(held, asks, {}, rows).row(0, named=True)
    parts = skill_shares.of_parts(held, np.zeros(len(rows), dtype=np.int16), 1, rows)
    low, high = clustered.bounds(parts.value[place, 0], parts.error[place, 0], int(parts.n_employers[0]), is_share=True)
    assert (row["value"], row["low"], row["high"]) == pytest.approx((parts.value[place, 0], low, high))


def test_columns_leave_sample_vacancies_out_and_keep_employers_together(market: Path, vacancies: pl.DataFrame) -> None:
    held = columns.of(market)
    assert held.n == vacancies.height
    assert (np.diff(held.employer) >= 0).all()
    by_name = vacancies.group_by("employer_id").len().sort("employer_id")
    assert held.employers["employer_id"].to_list() == by_name["employer_id"].to_list()
    assert np.bincount(held.employer).tolist() == by_name["len"].to_list()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_quarters_are_numpys(amounts: list[float]) -> None:
    expected = tuple(np.quantile(amounts, (0.25, 0.5, 0.75)))
    # Two amounts of half a million that cancel leave 1e-10 of rounding.
    assert clustered.quarters(np.array(amounts)) == pytest.approx(expected, abs=1e-8)


def test_blocks_of_employers_add_up_to_the_whole(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {"source": scope.columns.coded["source"], "year": scope.year}
    whole = clustered.ratios(scope.columns, scope.sides(), keys, scope.rows())
    monkeypatch.setattr(clustered, "N_CELLS", 1_000)
    assert clustered.ratios(scope.columns, scope.sides(), keys, scope.rows()).equals(whole)


def test_a_distribution_is_the_share_of_each_part_with_its_interval(scope: Scope) -> None:
    role, level = scope.role, scope.columns.coded["level"]
    rows = scope.rows(only=role.known() & level.known())
    table = clustered.distributed(scope.columns, role, level, rows)
    assert table.filter(pl.col("n") > 0).group_by("key").agg(pl.col("n").sum(), pl.col("n_vacancies").first()).filter(pl.col("n") != pl.col("n_vacancies")).is_empty()  # fmt: skip
    for part in ("mid", "director"):
        alone = clustered.shares(scope.columns, level.flag(part), {"role": role}, rows)
        here = table.filter((pl.col("part") == part) & pl.col("is_shown")).join(alone, left_on="key", right_on="role", suffix="_alone")  # fmt: skip
        assert here.height
        for name in ("value", "low", "high", "n_employers"):
            assert here[name].to_list() == pytest.approx(here[f"{name}_alone"].to_list())
