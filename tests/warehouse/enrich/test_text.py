"""Text comes out plain, block by block, and its language is told or left null."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.enrich.text import plain_text, with_language


def read(text: str) -> tuple[str, str | None]:
    frame = with_language(plain_text(pl.DataFrame({"text": [text]})))
    return frame.row(0)


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        (
            "<p>We need <b>5+</b> years</p><ul><li>Python</li><li>SQL &amp; R</li></ul>",
            "We need 5+ years\nPython\nSQL & R",
        ),
        ("&lt;p&gt;Ship&lt;/p&gt;&lt;ul&gt;&lt;li&gt;C&amp;amp;C&lt;/li&gt;&lt;/ul&gt;", "Ship\nC&C"),
        ("Java<br>Go<br/>Rust", "Java\nGo\nRust"),
        ("a < b and R&D stay as they are", "a < b and R&D stay as they are"),
        ("two\n\n\nparagraphs  and\tblanks\u00a0here", "two\nparagraphs and blanks here"),
        ("<style>p{color:red}</style><p>seen</p><script>alert(1)</script>", "seen"),
        ("<div>€90&nbsp;000 &#8211; €120&nbsp;000</div>", "€90 000 – €120 000"),
        ("It&#x27;s plain<p>of a thread", "It's plain\nof a thread"),
        ("<p>broken <b>markup<li>item", "broken markup\nitem"),
        ("", ""),
    ],
)
def test_plain_text(source: str, plain: str) -> None:
    assert read(source)[0] == plain


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("You will build services with the team and own them for our users.", "en"),
        ("Du arbeitest mit uns und der Fachabteilung an einer Plattform, die wir für dich bei uns betreiben.", "de"),
        ("Vous travaillez avec nous dans une équipe et construisez les services pour nos clients.", "fr"),
        ("Buscamos una persona con experiencia en los servicios del equipo para el desarrollo.", "es"),
        ("機械学習エンジニアとして製品の開発を担当していただきます。", "ja"),
        ("Мы ищем инженера для разработки сервисов", "ru"),
        ("Wij zoeken een ontwikkelaar voor ons team, je werkt bij het bedrijf naar wens.", "nl"),
        ("Python SQL Go", None),
        ("", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert read(text)[1] == language


@settings(deadline=None)
@given(st.lists(st.text(max_size=200), max_size=8))
def test_each_row_is_read_alone(texts: list[str]) -> None:
    whole = with_language(plain_text(pl.DataFrame({"text": texts}, schema={"text": pl.String})))
    assert whole.rows() == [read(text) for text in texts]


@given(st.text(alphabet="ab 1\n\t\u00a0é.", max_size=80))
def test_plain_text_only_folds_blanks(text: str) -> None:
    once = read(text)[0]
    assert once.split() == text.split()
    assert read(once)[0] == once
