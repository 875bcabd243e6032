"""Money: full-time years, the ECB's monthly means, and purchasing power, against figures worked out by hand."""

from datetime import date, datetime

import polars as pl
import pytest

from warehouse.enrich.money import MONEY_COLUMNS, annualise, ppp_factors, units_per_ppp_dollar, usd_per_unit, with_money


@pytest.mark.parametrize(
    ("amount", "period", "expected"),
    [
        (60_000, "year", 60_000),
        (5_000, "month", 60_000),
        (1_000, "week", 52_000),
        (400, "day", 104_000),
        (50, "hour", 104_000),
    ],
)
def test_a_year_of_full_time_work(amount: float, period: str, expected: float) -> None:
    frame = pl.DataFrame({"a": [amount], "p": [period]}, schema={"a": pl.Float64, "p": pl.String})
    assert frame.select(annualise(pl.col("a"), pl.col("p"))).item() == expected


def test_unknown_period_is_null() -> None:
    frame = pl.DataFrame({"a": [1.0, None], "p": [None, "year"]}, schema={"a": pl.Float64, "p": pl.String})
    assert frame.select(annualise(pl.col("a"), pl.col("p"))).to_series().to_list() == [None, None]


def test_the_month_decides_the_rate() -> None:
    # The ECB publishes these monthly means: 1.5770 and 0.9904.
    july_2008, september_2022 = usd_per_unit("EUR", date(2008, 7, 1)), usd_per_unit("EUR", date(2022, 9, 30))
    assert july_2008 == pytest.approx(1.577, abs=0.001)
    assert september_2022 == pytest.approx(0.990, abs=0.001)
    assert usd_per_unit("EUR", date(2022, 9, 1)) == september_2022


def test_what_the_ecb_does_not_quote_is_null() -> None:
    assert usd_per_unit("AED", date(2025, 1, 1)) is None
    assert usd_per_unit("EUR", date(1990, 1, 1)) is None
    assert usd_per_unit("EEK", date(2025, 1, 1)) is None, "the kroon ended in 2010"
    assert usd_per_unit(None, date(2025, 1, 1)) is None
    assert usd_per_unit("EUR", None) is None


def test_a_month_after_the_last_known_takes_the_last() -> None:
    assert usd_per_unit("GBP", date(2999, 1, 1)) == usd_per_unit("GBP", date(2999, 6, 1))


def test_purchasing_power_at_home() -> None:
    india = ppp_factors()["IN"]
    assert units_per_ppp_dollar("IN", "INR", None) == india.units
    rate = usd_per_unit("INR", date(2023, 5, 1))
    assert rate
    assert units_per_ppp_dollar("IN", "USD", date(2023, 5, 1)) == pytest.approx(india.units * rate)
    assert units_per_ppp_dollar("ZZ", "USD", date(2023, 5, 1)) is None
    assert ppp_factors()["US"].units == 1.0


def test_rows_get_all_money_columns_in_their_order() -> None:
    rows = pl.DataFrame(
        {
            "pay_min": [100_000.0, 5_000.0, None, 1_952_000.0],
            "pay_max": [150_000.0, None, None, 3_904_000.0],
            "pay_currency": ["USD", "EUR", None, "INR"],
            "pay_period": ["year", "month", None, "year"],
            "country": ["US", "DE", "US", "IN"],
            "posted_at": [None, datetime(2022, 9, 3), None, None],
            "first_seen_at": [datetime(2025, 1, 1)] * 4,
        }
    )
    found = with_money(rows)
    assert found.columns == [*rows.columns, *MONEY_COLUMNS]
    assert found["pay_low_year"].to_list() == [100_000.0, 60_000.0, None, 1_952_000.0]
    assert found["pay_low_usd_year"][0] == 100_000.0
    assert found["pay_low_ppp_usd_year"][0] == 100_000.0
    assert found["pay_low_usd_year"][1] == pytest.approx(59_430, rel=1e-3)
    assert found["pay_high_usd_year"][1] is None
    assert found["pay_low_ppp_usd_year"][3] == pytest.approx(100_015, rel=1e-4), "1,952,000 over 19.517"
    assert found.row(2)[-6:] == (None,) * 6
    assert with_money(found).equals(found), "doing it twice changes nothing"
