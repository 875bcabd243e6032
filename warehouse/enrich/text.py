"""What a posting's text says in plain words, and in which language."""

from __future__ import annotations

import html
from collections.abc import Callable

import polars as pl
from selectolax.lexbor import LexborHTMLParser

from warehouse.enrich import matching

_BLOCKS = r"p|div|li|br|h[1-6]|ul|ol|tr|td|th|table|section|article|header|footer|blockquote|pre|hr|dd|dt|dl|main|aside"
_LOOKS_LIKE_HTML = rf"(?i)<(?:/?(?:{_BLOCKS}|span|strong|b|i|em|u|a|font|html|body)\b[^<>]*|!--|!doctype[^<>]*)>"
_LOOKS_ESCAPED = r"(?i)&lt;/?[a-z][a-z0-9]*(?:\s|/|&gt;)"
_LOOKS_ENTITY = r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[0-9a-fA-F]{2,6});"

# Function words that are frequent in one language and rare in the others.
_STOP_WORDS = {
    "en": "the|and|you|with|for|our|are|will|your|of",
    "de": "und|der|die|mit|wir|du|sie|das|dich|bei|eine|einen|unsere|ihre",
    "fr": "les|des|vous|et|nous|une|dans|pour|du|aux|votre|notre|est|avec",
    "es": "los|las|el|y|en|con|del|para|por|una|tu|nuestro|experiencia|como",
    "nl": "het|een|voor|je|jij|onze|wij|ons|bij|naar|ook|zijn|wat",
    "it": "il|di|che|della|per|gli|nella|sono|con|alla|dei|nostro",
    "pt": "os|nossa|nosso|uma|dos|com|são|em|ao|da|na",
    "pl": "oraz|jest|dla|nas|na|ze|pracy|lub|czy|jako",
    "sv": "och|att|som|för|du|med|vi|till|av|att|inom|hos",
    "da": "og|til|med|dig|vores|af|vi|som|er|vil|hos",
    "tr": "ve|bir|ile|olarak|bu|veya|sahip",
}
_SCRIPTS = {
    "ja": r"[\p{Hiragana}\p{Katakana}]",
    "ko": r"\p{Hangul}",
    "zh": r"\p{Han}",
    "ru": r"\p{Cyrillic}",
    "he": r"\p{Hebrew}",
    "ar": r"\p{Arabic}",
    "el": r"\p{Greek}",
    "th": r"\p{Thai}",
}
SAMPLE_CHARACTERS = 3_000
"""How much of a text decides its language: stop words settle it within a few hundred words."""

_BLOCK_TAG = rf"(?i)(</?(?:{_BLOCKS})\b)"
_ENOUGH_WORDS = 3
_DENSE_ENGLISH = 150
"""English postings have one "the" or "and" in 60 to 150 characters; mixed ones at most one in 180, others hardly any."""
_LATIN_BYTES = 1.05
"""Bytes per character in Latin script; more means another script or much of it."""
_SCRIPT_SHARE = 0.15
_ENGLISH_AS_WELL = 15
"""A text in another script with so many "the" and "and" says it all again in English, and is read there."""


def _from_html(source: str) -> str:
    tree = LexborHTMLParser(source)
    tree.strip_tags(["script", "style"])
    return tree.text(separator="", strip=False)


def plain_text(postings: pl.DataFrame) -> pl.DataFrame:
    """Return `postings` with `text` as plain text: tags gone, one line per block, entities decoded, blanks folded.

    A text escaped once more ("&lt;p&gt;") is unescaped first. Text without markup keeps its lines.
    """
    text = postings["text"]
    escaped = text.str.contains(_LOOKS_ESCAPED)
    if escaped.any():
        text = _changed(text, escaped & ~text.str.contains(_LOOKS_LIKE_HTML), html.unescape)
    marked = text.str.contains(_LOOKS_LIKE_HTML)
    if marked.any():
        text = _changed(text.str.replace_all(_BLOCK_TAG, "\n$1"), marked, _from_html)
    text = _changed(text, text.str.contains(_LOOKS_ENTITY), html.unescape)
    # One class with + for all blanks is 40 times slower than these three, which touch only what is there.
    folded = text.str.replace_all(r"[\t\r\f\v\x{a0}\x{200b}\x{feff}]", " ").str.replace_all("  +", " ")
    loose = folded.str.contains(r" \n|\n[ \n]")
    if loose.any():
        lines = folded.filter(loose).str.replace_all(r" ?\n[ \n]*", "\n")
        folded = lines if loose.all() else folded.scatter(loose.arg_true(), lines)
    return postings.with_columns(folded.str.strip_chars().alias("text"))


def _changed(text: pl.Series, mask: pl.Series, change: Callable[[str], str]) -> pl.Series:
    if not mask.any():
        return text
    changed = pl.Series([change(value) for value in text.filter(mask)], dtype=pl.String)
    return text.clone().scatter(mask.arg_true(), changed)


def _count(words: str) -> pl.Expr:
    # ASCII word boundaries: Unicode ones fall back to an engine 100 times slower on any text with an accent.
    return pl.col("_sample").str.count_matches(rf"(?-u:\b)(?:{words})(?-u:\b)")


def _by_script(samples: pl.DataFrame) -> pl.DataFrame:
    characters = pl.col("_sample").str.len_chars().clip(1)
    share = {code: pl.col("_sample").str.count_matches(pattern) / characters for code, pattern in _SCRIPTS.items()}
    return samples.with_columns_seq(
        pl.coalesce(pl.when(value > _SCRIPT_SHARE).then(pl.lit(code)) for code, value in share.items()).alias("_script")
    )


def _by_words(samples: pl.DataFrame) -> pl.DataFrame:
    counted = samples.with_columns_seq(_count(words).alias(f"_{code}") for code, words in _STOP_WORDS.items())
    most = pl.max_horizontal(f"_{code}" for code in _STOP_WORDS)
    winner = pl.coalesce(pl.when(pl.col(f"_{code}") == most).then(pl.lit(code)) for code in _STOP_WORDS)
    return counted.with_columns(pl.when(most >= _ENOUGH_WORDS).then(winner).alias("_words"))


def with_language(postings: pl.DataFrame) -> pl.DataFrame:
    """Return `postings` with `language`, an ISO 639-1 code of the text, null where it cannot be told.

    A Latin text dense in "the" and "and" is English without further counting, which settles nineteen texts in twenty.
    Else the script decides where it is not Latin and the text does not go on in English, and else the language whose
    function words are most frequent.
    """
    text = pl.col("text")
    letters = text.str.len_chars()
    is_english = postings.select(
        (text.str.count_matches(" (?:the|and) ") * _DENSE_ENGLISH > letters)
        & (text.str.len_bytes() < letters * _LATIN_BYTES)
    ).to_series()
    rest = (
        postings.with_row_index("_row")
        .filter(~is_english)
        .select(
            "_row",
            text.str.slice(0, SAMPLE_CHARACTERS).str.to_lowercase().alias("_sample"),
            (text.str.count_matches(" (?:the|and) ") >= _ENGLISH_AS_WELL).alias("_is_bilingual"),
        )
    )
    strange = rest.filter(pl.col("_sample").str.len_bytes() > pl.col("_sample").str.len_chars() * 1.15)
    foreign = matching.run("scripts", len(_SCRIPTS), _by_script, strange)
    told = (
        matching.run("words of languages", len(_STOP_WORDS), _by_words, rest)
        .join(foreign.select("_row", "_script"), on="_row", how="left", maintain_order="left")
        .select(
            pl.when(pl.col("_script").is_not_null() & pl.col("_is_bilingual"))
            .then(pl.lit("en"))
            .otherwise(pl.coalesce("_script", "_words"))
        )
        .to_series()
    )
    language = pl.repeat("en", postings.height, dtype=pl.String, eager=True).scatter(rest["_row"], told)
    return postings.with_columns(language.alias("language"))
