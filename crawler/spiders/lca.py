"""Pay and titles by employer from the labour condition applications that the US Department of Labor discloses."""

import re

from crawler.disclosure_files import DisclosureFileSpider, month_of
from crawler.raw_text import Page
from warehouse.schema.records import DisclosedPay


class LcaSpider(DisclosureFileSpider):
    """US LCA disclosure data, fiscal 2020 on: certified full-time cases of computer occupations (www.dol.gov)."""

    name = "lca"
    listing = "https://www.dol.gov/agencies/eta/foreign-labor/performance"
    address = "https://www.dol.gov/{board}"
    backend = "www.dol.gov"
    # The office misspells the name of one quarter's file.
    file_name = re.compile(r'href="([^"]*/LCA_D\w{6,12}_Data_FY(20[2-9]\d)_Q([1-4])\.xlsx)"', re.IGNORECASE)
    wanted = (
        "CASE_STATUS",
        "DECISION_DATE",
        "EMPLOYER_NAME",
        "JOB_TITLE",
        "SOC_CODE",
        "FULL_TIME_POSITION",
        "WORKSITE_STATE",
        "WAGE_RATE_OF_PAY_FROM",
        "WAGE_RATE_OF_PAY_TO",
        "WAGE_UNIT_OF_PAY",
    )

    def case(self, row: Page) -> DisclosedPay | None:
        """Map one certified full-time case of SOC group 15; no person, address or lawyer is among the columns."""
        is_certified = row.get("CASE_STATUS", "").lower() == "certified" and row.get("FULL_TIME_POSITION") == "Y"
        if not is_certified or not row.get("SOC_CODE", "").startswith("15-"):
            return None
        high = row.get("WAGE_RATE_OF_PAY_TO")
        return DisclosedPay(
            source=self.name,
            decided_on=month_of(row["DECISION_DATE"]),
            employer=row["EMPLOYER_NAME"].strip(),
            title=" ".join(row["JOB_TITLE"].split()),
            occupation=row["SOC_CODE"][:7],
            place=row.get("WORKSITE_STATE"),
            pay_low=amount(row["WAGE_RATE_OF_PAY_FROM"]),
            pay_high=amount(high) if high else None,
            pay_unit=row["WAGE_UNIT_OF_PAY"],
            n=1,
        )


def amount(written: str) -> float:
    """Return an amount written as 120000.0, 120,000.00 or $120,000."""
    return float(written.strip().lstrip("$").replace(",", ""))
