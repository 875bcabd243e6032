"""Which sentences count an employer's people, and which count somebody else's."""

import polars as pl
import pytest

from warehouse.headcount import said_headcount


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("We're 45 people in total, in Kiel and Husum.", 45),
        ("We are currently about 1,200 employees in nine countries.", 1200),
        ("We\u2019re a 14-person team that comprises mostly engineers.", 14),
        ("Saltmarsh is a 200+ person company by the sea.", 200),
        ("Saltmarsh is a startup with about 50 people.", 50),
        ("We have more than 2,900 employees.", 2900),
        ("A profitable, 32-person company in a harbour town.", 32),
        ("We are still fewer than 150 people.", 150),
        ("We are hiring 3 people for the data team.", None),
        ("You will lead a team of 12 people.", None),
        ("Our customers have over 10,000 employees each.", None),
        ("We pay for 100 employees' lunches? No: we serve 5 people a day.", None),
        ("We are 0 people.", None),
        ("", None),
    ],
)
def test_said_headcount(text, people):
    assert pl.DataFrame({"text": [text]}).select(said_headcount(pl.col("text"))).item() == people


def test_a_text_is_read_alone():
    texts = pl.DataFrame({"text": ["We are 45 people.", None, "We build lamps."]}, schema={"text": pl.String})
    assert texts.select(said_headcount(pl.col("text"))).to_series().to_list() == [45, None, None]
