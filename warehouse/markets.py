"""Which market a country belongs to."""

from __future__ import annotations

import polars as pl

EUROPE = frozenset([
    "AD", "AL", "AM", "AT", "AX", "AZ", "BA", "BE", "BG", "BY", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FO",
    "FR", "GB", "GE", "GG", "GI", "GR", "HR", "HU", "IE", "IM", "IS", "IT", "JE", "LI", "LT", "LU", "LV", "MC", "MD",
    "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "RU", "SE", "SI", "SJ", "SK", "SM", "TR", "UA", "VA", "XK",
])  # fmt: skip
"""EU, EEA, the United Kingdom, Switzerland and the rest of geographic Europe."""


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
