"""Which pages there are, in which order, and what each is for; the menu is made from this alone."""

from __future__ import annotations

HOME = "app_pages/front.py"
CLAIM_PAGE = "app_pages/claim.py"  # one page per claim, at /<slug>, reached from the verdict board

PAGES: dict[str, list[tuple[str, str, str, str]]] = {
    "": [
        (
            HOME,
            "Findings",
            ":material/fact_check:",
            "What the data say about the essays: every claim with its verdict and interval.",
        ),
    ],
    "Data": [
        (
            "app_pages/data.py",
            "Data and quality",
            ":material/database:",
            "Where the data come from, how well each field is read, which boards answered, what changed.",
        ),
    ],
}
