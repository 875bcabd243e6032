"""Which pages there are, in which order, and what each is for; the menu is made from this alone."""

from __future__ import annotations

HOME = "app_pages/front.py"
CLAIM_PAGE = "app_pages/claim.py"  # one page per claim, at /<slug>, reached from the verdict board

PAGES: dict[str, list[tuple[str, str, str, str]]] = {
    "": [
        (HOME, "Findings", ":material/fact_check:", "Every claim of the essays with its verdict and interval."),
    ],
    "The work": [
        ("app_pages/roles.py", "Roles and openings", ":material/work:", "Openings by role, and for data science and ML against software."),
        ("app_pages/requirements.py", "Requirements", ":material/checklist:", "What each role is asked for, side by side and over time."),
        ("app_pages/degrees.py", "Degrees", ":material/school:", "Who must hold a master's or a doctorate."),
        ("app_pages/skills.py", "Skills", ":material/construction:", "What a skill pays against how many vacancies it opens."),
    ],
    "The market": [
        ("app_pages/pay.py", "Pay", ":material/payments:", "Advertised base pay and how often it is stated."),
        ("app_pages/ladder.py", "Seniority and ladder", ":material/stairs:", "At which levels each role hires and how high it reaches."),
        ("app_pages/closing.py", "Closing times", ":material/timelapse:", "How long vacancies stay open."),
        ("app_pages/supply.py", "Supply and demand", ":material/balance:", "People who seek work per opening."),
        ("app_pages/employers.py", "Employers", ":material/apartment:", "Who hires for what, and what is known of their size."),
    ],
    "The data": [
        ("app_pages/explore.py", "Explore", ":material/search:", "Filter vacancies, read one, download, or ask your own question."),
        ("app_pages/data.py", "Data and quality", ":material/database:", "Where the data come from, how well they are read, what changed."),
        ("app_pages/methods.py", "Methods", ":material/menu_book:", "How a sentence becomes a verdict."),
    ],
}  # fmt: skip
