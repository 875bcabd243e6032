"""A seeker's role is what they say they seek, and nothing is guessed."""

from __future__ import annotations

import pytest

from warehouse.seekers import seeker_roles


@pytest.mark.parametrize(
    ("text", "role"),
    [
        (
            "Location: Oslo<p>Remote: yes<p>Seeking: Machine Learning Engineer<p>Technologies: Python, SQL",
            "ml_engineer",
        ),
        ("SEEKING WORK<p>Data Scientist<p>Location: Lisbon", "data_scientist"),
        ("Location: Ghent\nRole: Senior Backend Engineer\nI also like data", "software_engineer"),
        ("Location: Ghent<p>Technologies: Python, Go, SQL<p>I would like to help people.", None),
        ("", None),
    ],
)
def test_role_sought(text: str, role: str | None) -> None:
    assert seeker_roles([text]) == [role]


def test_each_text_is_read_alone() -> None:
    texts = ["Role: Data Engineer", "nothing", "Role: Data Scientist"]
    assert (
        seeker_roles(texts) == [seeker_roles([text])[0] for text in texts] == ["data_engineer", None, "data_scientist"]
    )


def test_no_texts() -> None:
    assert seeker_roles([]) == []
