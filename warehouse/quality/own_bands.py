"""How well pay is read from prose alone where the employer also gives it as data on the same posting."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl

from warehouse.enrich import enrich
from warehouse.quality.figures import Row, proportion

MONEY = re.compile(r"[$€£¥₹]|\b(?:USD|EUR|GBP|CAD|AUD|INR|CHF|SGD|PLN|SEK|NOK|DKK|JPY|BRL|MXN)\b|\d{2,3}\s?[kK]\b")
"""What a text about money has at the least."""


def employers_pay(folder: Path) -> tuple[pl.DataFrame, list[tuple[float, float]], pl.DataFrame]:
    """Postings whose employer also gives one salary band as data, that band, and postings without any money in the text.

    Reads recorded Ashby boards (`*.json`); both ends of the band must stand in the prose.
    """
    paid, bands, free = [], [], []
    for path in sorted(folder.glob("stapply-ai*.json")):
        for job in json.loads(path.read_text("utf-8")).get("jobs", []):
            text = job.get("descriptionPlain") or ""
            place = job.get("location")
            row = {"id": str(job.get("id")), "title": job.get("title") or "", "company": path.stem.rpartition("__")[2],
                   "location": place if isinstance(place, str) else "", "text": text}  # fmt: skip
            if not MONEY.search(text):
                free.append(row)
            tiers = (job.get("compensation") or {}).get("compensationTiers") or []
            salaries = [
                c for tier in tiers for c in tier.get("components", []) if c.get("compensationType") == "Salary"
            ]
            if len(tiers) != 1 or len(salaries) != 1:
                continue
            low, high = salaries[0].get("minValue"), salaries[0].get("maxValue")
            if low and high and _stands_in(float(low), text) and _stands_in(float(high), text):
                paid.append(row)
                bands.append((float(low), float(high)))
    return pl.DataFrame(paid), bands, pl.DataFrame(free)


def _stands_in(amount: float, text: str) -> bool:
    """Whether an amount is written in the text: in full, in thousands with a k, or as the short end of "92-110k"."""
    forms = {f"{amount:,.0f}", f"{amount:.0f}", f"{amount:,.0f}".replace(",", "."), f"{amount:,.0f}".replace(",", " ")}
    if amount < 1000:
        forms.add(f"{amount:.2f}")
    written = "|".join(re.escape(form) for form in forms)
    if amount >= 1000:
        short = re.escape(f"{amount / 1000:g}")
        written += rf"|{short}\s?[kK]\b|{short}(?=\s?(?:-|–|—|to)\s?[$€£]?\s?\d{{2,3}}(?:\.\d)?\s?[kK]\b)"
    # "25 hours per week" holds the number of an hourly wage and no wage
    return bool(re.search(rf"(?<![\d,.])(?:{written})(?!\d)(?![,.]\d)(?!\s?(?:hours?|hrs)\b)", text))


def employers_pay_rows(folder: Path) -> list[Row]:
    """Rows of pay read from prose alone against the employer's own band on the same posting."""
    paid, bands, free = employers_pay(folder)
    found = list(enrich(paid).select("pay_min", "pay_max").iter_rows())
    claimed = enrich(free).select((pl.col("pay_min").is_not_null() | pl.col("pay_max").is_not_null()).sum()).item()
    name = "employer's own band"
    return [
        proportion("pay", name, "recall", sum(a == b for a, b in zip(found, bands, strict=True)), len(bands)),
        proportion("pay", name, "over_claim", claimed, free.height),
    ]
