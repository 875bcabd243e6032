"""What counts as personal data in a text, and what must survive the search for it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.schema.masking import EMAIL_MASK, PHONE_MASK, mask_personal_data, may_hold_personal_data

MASKED = [
    ("mail jane.doe+jobs@firm.co.uk now", "mail [e-mail] now"),
    ("jobs@firm.example, or hr@firm.example.", "[e-mail], or [e-mail]."),
    ("jane [at] firm [dot] com", "[e-mail]"),
    ("jane (AT) firm.com", "[e-mail]"),
    ("jane @ firm.com", "[e-mail]"),
    ("jane at firm dot com", "[e-mail]"),
    ("jane&#64;firm.com", "[e-mail]"),
    ("call +1 (415) 555-0199 today", "call [phone] today"),
    ("+49 40 1234567", "[phone]"),
    ("(415) 555-0199", "[phone]"),
    ("415.555.0199", "[phone]"),
    ("415-555-0199", "[phone]"),
    ("Tel.: 030 1234567", "Tel.: [phone]"),
    ("Phone: 5551234567", "Phone: [phone]"),
    ("?data=05%7Cjill.steger%40firm.example%7Cfe", "?data=05%[e-mail]%7Cfe"),
    ("please contact Jane van der Doe at jane@firm.example.", "please contact [name] at [e-mail]."),
    ('Email Jane at <a href="mailto:jane@firm.example">us</a>', 'Email [name] at <a href="mailto:[e-mail]">us</a>'),
    ("<b>Hiring Manager:</b> Jane B. Doe – Sales", "<b>Hiring Manager:</b> [name] – Sales"),
    ("Ansprechpartnerin: Frau Jana Müller-Doe", "Ansprechpartnerin: [name]"),
    (
        "https://www.LinkedIn.com/ linkedin.com/in/jane-doe-1a2b/",
        "https://www.LinkedIn.com/ linkedin.com/in/[profile]/",
    ),
]
KEPT = [
    "$120,000 - $150,000 a year",
    "Salary: 100,000 - 150,000 USD",
    "from 2024-01-01 to 2025-02-03",
    "logo@2x.png",
    "we look at data. dot com era",
    "+100,000 users, growing +45% a year",
    "5+ years of C++, at least 3 (at scale)",
    "don't (that) [a t] {art}",
    "req 123-4567",
    "UTC+8 and UTC+02:00",
    "range of 100-1500 places",
    "Reports to: Vice President",
    "Hiring Manager: 30 minutes",
    "contact Human Resources for help",
    "the contact: see below",
    "save 40%40 of the time",
    "linkedin.com/company/firm",
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_personal_data_is_masked(text, masked):
    assert mask_personal_data(text) == masked
    assert "@" in text or may_hold_personal_data(text.encode())


@pytest.mark.parametrize("text", KEPT)
def test_everything_else_stays(text):
    assert mask_personal_data(text) == text


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([text for text, _ in MASKED] + KEPT + ["<li>", "\n", "é", " "]), max_size=12).map(" ".join)
)
def test_nothing_that_would_be_masked_is_ruled_out(text):
    assert mask_personal_data(text) == text or "@" in text or may_hold_personal_data(text.encode())


@settings(deadline=None)
@given(st.text(alphabet="ab1+@.-() [\n<", max_size=60))
def test_masking_twice_changes_nothing(text):
    once = mask_personal_data(text)
    assert mask_personal_data(once) == once


def test_masks_do_not_look_like_what_they_mask():
    assert mask_personal_data(EMAIL_MASK + PHONE_MASK) == EMAIL_MASK + PHONE_MASK
