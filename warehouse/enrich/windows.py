"""Small pieces of text around literal anchors: found by one Aho–Corasick pass, cut by byte offset, never by scanning twice."""

from __future__ import annotations

import functools
import operator
import threading
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from warehouse.enrich import matching

READ_LANGUAGES = ("en", "de", "fr", "es")


class Window(NamedTuple):
    """A piece of row `row`'s text that starts at byte `start`; `hits` are the anchors' character positions in it."""

    row: int
    start: int
    text: str
    hits: tuple[int, ...]


def lower(text: str) -> str:
    """The text in lower case, each character at its place.

    Patterns of lower-case literals on it run five times as fast as with `re.IGNORECASE`, which tries every alternative
    where a literal's first character would rule most of them out.
    """
    lowered = text.lower()
    return (
        lowered
        if len(lowered) == len(text)
        else "".join(one if len(one) == 1 else at for at in text for one in [at.lower()])
    )


def is_readable(languages: pl.Series) -> pl.Series:
    """True where the text is in a language the rules read; an unknown language is read as English."""
    return languages.fill_null("en").is_in(READ_LANGUAGES)


def texts_in(postings: pl.DataFrame, *languages: str) -> pl.Series | None:
    """Texts in one of the languages, the others empty, so that rows keep their numbers; null where no row has one.

    An unknown language is read as English.
    """
    is_other = ~postings["language"].fill_null("en").is_in(languages)
    if is_other.all():
        return None
    return postings["text"].set(is_other, "") if is_other.any() else postings["text"]


def offsets(texts: pl.Series, anchors: Sequence[str], *, is_exact: bool = False) -> pl.Series:
    """Byte offsets of every anchor in every text, a List(UInt32) series; ASCII case counts only if `is_exact`."""
    expression = pl.lit(texts).str.find_many(list(anchors), ascii_case_insensitive=not is_exact)
    return pl.select(expression).to_series()


def matching_rows(texts: pl.Series, gates: Sequence[str]) -> pl.Series:
    """The rows that match one of the regexes.

    Each regex is a short list of literals: those are looked for eight at a time, at a thousand texts in half a
    millisecond, while one regex of them all takes ten times as long.
    """
    found = functools.reduce(operator.or_, matching.contains(texts, gates))
    return found.arg_true().cast(pl.Int64)


def windows(
    texts: pl.Series,
    anchors: Sequence[str],
    *,
    before: int,
    after: int,
    is_exact: bool = False,
    gates: Sequence[str] = (),
    keep: str | None = None,
) -> Iterator[Window]:
    """The pieces within `before` and `after` bytes of an anchor, overlapping ones merged, in order of row and place.

    `texts` is a String series; rows without an anchor give nothing, so the cost follows the hits and not the text.
    A row must match one of `gates` to be looked at, where there are any, and a piece must match `keep` to be given: both
    are regexes that run in Rust.
    """
    rows = None
    if gates:
        rows = matching_rows(texts, gates)
        texts = texts.gather(rows)
    hits = (
        pl.DataFrame({"offset": offsets(texts, anchors, is_exact=is_exact)})
        .with_row_index("row")
        .filter(pl.col("offset").list.len() > 0)
        .explode("offset")
        .with_columns(pl.col("row").cast(pl.Int64), pl.col("offset").cast(pl.Int64))
    )
    if hits.is_empty():
        return
    fresh = ((pl.col("offset") - pl.col("offset").shift(1)) > before + after) | (
        pl.col("row") != pl.col("row").shift(1)
    )
    spans = (
        hits.with_columns(fresh.fill_null(True).cum_sum().alias("piece"))
        .group_by("piece", maintain_order=True)
        .agg(
            pl.col("row").first(),
            (pl.col("offset").first() - before).clip(lower_bound=0).alias("start"),
            (pl.col("offset").last() + after).alias("end"),
            pl.col("offset"),
        )
    )
    gathered = texts.cast(pl.Binary).gather(spans["row"]).alias("text")
    cut = spans.with_columns(gathered).select(
        "row", "start", pl.col("text").bin.slice(pl.col("start"), pl.col("end") - pl.col("start")), "offset"
    )
    if keep is not None:
        words = pl.Series([piece.decode("utf-8", "ignore") for piece in cut["text"].to_list()], dtype=pl.String)
        cut = cut.filter(words.str.contains(keep))
    for row, start, piece, found in cut.iter_rows():
        yield Window(
            row if rows is None else rows[row],
            start,
            piece.decode("utf-8", "ignore"),
            _characters(piece, [offset - start for offset in found]),
        )


def _characters(piece: bytes, at: list[int]) -> tuple[int, ...]:
    """Byte positions, in order, as character positions of the decoded piece."""
    if piece.isascii():
        return tuple(at)
    found, byte, character = [], 0, 0
    for position in at:
        character += len(piece[byte:position].decode("utf-8", "ignore"))
        byte = position
        found.append(character)
    return tuple(found)


PREFERRED_HEADINGS = (
    "nice to have", "nice-to-have", "nice to haves", "preferred qualif", "preferred skill", "preferred exper",
    "preferred requirement", "preferred:", "preferred\n", "preferred background", "preferred attributes",
    "preferred criteria", "preferred education", "bonus point", "bonus:", "bonus qualif", "bonus skill", "bonus if",
    "bonus\n", "bonuses", "ideally, you", "ideally you", "ideally:", "ideal qualif", "you might have", "you might also", "you may also have", "desired qualif", "desired skill",
    "desired exper", "desirable:", "desirable\n", "desirable skill", "desirable qualif", "desirable exper", "desired:", "set you apart", "stand out", "brownie points", "extra credit",
    "great to have", "good to have", "good-to-have", "pluses", "plus points", "plus if",  "preferred to have", "even better", "would be nice", "would be great", "be great if",
    "it's a plus", "it’s a plus", "added bonus", "optional", "we'd love to see", "we’d love to see", "we'd love if", "we’d love if", "we'd love for", "we’d love for", "we'd love it", "we’d love it", "we'd love you", "we’d love you", "we'd love experience", "we’d love experience", "also love", "wish list",
    "additional qualif", "advantages:", "advantageous", "wünschenswert:", "von vorteil:", "idealerweise:", "les plus",
    "le plus", "serait un plus", "deseable:", "se valorará:", "valorable:", "assets:",
)  # fmt: skip
WISHES = (
    "Nice to|Nice-to|NICE TO|NICE-TO|Nice To|Nice-To|Preferred|PREFERRED|Bonus|BONUS",
    "Ideally|IDEALLY|deal [Qq]ualif|ou might|ou may also|Desired|DESIRED|Desirable|ou [Aa]part|OU APART|tand [Oo]ut|TAND OUT",
    "Plus|PLUS|ven [Bb]etter|EVEN BETTER|reat [Tt]o [Hh]ave|ood [Tt]o [Hh]ave|ood-to-have|ould be nice|ould be great",
    "Optional|OPTIONAL|’d love|'d love|lso love|ish list|dditional [Qq]ualif|dvantage|Assets|rownie|xtra credit",
    "\nnice|\npreferred|\nbonus|\ndesired|\nplus|\noptional|\nideal|Wünsch|orteil:|Idealerweise:|es plus|e plus|Deseable|Valorable|valorar",
)
"""What a text with such a heading holds, in the cases headings are written in."""
OTHER_HEADINGS = (
    "requirements", "required", "minimum qualif", "basic qualif", "qualifications", "must have", "must-have",
    "what you'll need", "what you’ll need", "you need", "what you bring", "what you'll bring", "what you’ll bring", "you bring",
    "who you are", "about you", "what we're looking for", "what we’re looking for", "we look for", "we're looking for",
    "we’re looking for", "looking for", "love to hear", "love to speak", "love to talk", "love to meet", "you have", "your background", "your profile", "responsibilities",
    "what you'll do", "what you’ll do", "you will", "you'll", "you’ll", "about us", "about the", "benefits", "perks", "what we offer", "we offer", "compensation",
    "salary", "pay range", "base pay", "equal opportunity", "why join", "education:", "education\n", "your skills", "skills:", "skills\n",
    "experience:", "experience\n", "anforderungen", "dein profil", "ihr profil", "das bringst du", "wir bieten", "profil recherché", "requisitos", "ofrecemos",
    "formation", "profil", "missions", "perfil", "funciones",
)  # fmt: skip
"""Words that open a part of a posting; which of the two lists was seen last decides whether an item is only preferred."""

_LINE_END = r"^[0-9A-Za-z_À-ÿ’',/()&+! -]{0,45}?\s*(?:[:\n]|…|\.{3})"
_OPENS = r"(?:^|[\n•●▪·:.!?)*#]\s*[^0-9A-Za-z_À-ÿ\n]{0,6}|\s{2,})[0-9A-Za-z_À-ÿ’',/&+ ]{0,45}$"
_CLOSES = r"^[^\n.;]{0,45}?(?:[:\n?]|\s{2,}|…|\.{3})"
_TITLED = r"^\S+(?:\s+\S+){0,4}\s+\p{Lu}"
"""In a text without line ends: "Nice to have Experience with …", a heading run into its first item."""
_NOT_TITLED = r"(?:,|\s(?:a|the|and|or))\s*$"
_GOES_ON = r"(?i)(?:\sand|/|&|\sor)\s*$"
_FIRM = r"(?i)^(?:must[- ]have|requirements|required|minimum qualif|basic qualif)"
"""What ends a wish even right after it, on a line of its own; other headings so near are items of the wish."""
_LEAD_BYTES, _ONWARD_BYTES = 48, 90

_memory = threading.local()


class _Heading(NamedTuple):
    """An anchor at a byte of a text that opens a part, the byte its line begins at, and whether it is firm."""

    at: int
    line: int
    is_firm: bool

    def stands_by(self, wish: _Heading) -> bool:
        """Whether it is a heading of its own beside a wishing one and neither a word nor an item of that."""
        is_far = abs(self.at - wish.at) >= _LEAD_BYTES
        return is_far or (self.is_firm and (self.line > wish.at or wish.line > self.at))


class Sections:
    """Where the parts that only wish for something begin and end in each text of a String series.

    `is_preferred(row, byte)` says whether the byte stands in a part whose heading wishes ("Nice to have", "Preferred
    qualifications") rather than asks.
    """

    def __init__(self, texts: pl.Series) -> None:
        self._opened: dict[int, list[tuple[int, bool]]] = {}
        rows = matching_rows(texts, WISHES)
        chosen = texts.gather(rows)
        wishes = _headings(chosen, PREFERRED_HEADINGS)
        with_wish = sorted(wishes)
        others = _headings(chosen.gather(with_wish), OTHER_HEADINGS)
        for number, row in enumerate(with_wish):
            ended = [other.at for other in others.get(number, ()) if all(other.stands_by(w) for w in wishes[row])]
            self._opened[rows[row]] = sorted(
                [*((wish.at, True) for wish in wishes[row]), *((at, False) for at in ended)]
            )

    def is_preferred(self, row: int, byte: int) -> bool:
        """Whether the last heading before the byte wishes rather than asks; false where there is none."""
        wish = False
        for at, is_wish in self._opened.get(row, ()):
            if at > byte:
                break
            wish = is_wish
        return wish


def sections(texts: pl.Series) -> Sections:
    """The sections of each text; those of the last batch of each thread are remembered, so that extractors share them."""
    remembered: tuple[pl.Series, Sections] | None = getattr(_memory, "sections", None)
    if remembered is None or len(remembered[0]) != len(texts) or not remembered[0].equals(texts):
        remembered = _memory.sections = (texts, Sections(texts))
    return remembered[1]


def _headings(texts: pl.Series, anchors: Sequence[str]) -> dict[int, list[_Heading]]:
    """For each row the anchors that open a part of its text.

    Such an anchor starts a line or sentence and ends with a colon, a line end or the capitals of a title.
    """
    hits = (
        pl.DataFrame({"at": offsets(texts, anchors)}, schema={"at": pl.List(pl.UInt32)})
        .with_row_index("row")
        .filter(pl.col("at").list.len() > 0)
        .explode("at")
        .with_columns(pl.col("row").cast(pl.Int64), pl.col("at").cast(pl.Int64))
    )
    start = (pl.col("at") - _LEAD_BYTES).clip(lower_bound=0)
    text = pl.col("text")
    cut = (
        hits.with_columns(texts.cast(pl.Binary).gather(hits["row"]).alias("text"))
        .select(
            "row",
            "at",
            text.bin.slice(start, pl.col("at") - start).alias("before"),
            text.bin.slice("at", _ONWARD_BYTES).alias("onward"),
        )
        .filter(
            (pl.col("at") < _LEAD_BYTES)
            | pl.col("before").bin.contains(b"\n")
            | pl.col("onward").bin.slice(0, 1).is_between(b"A", b"Z")
        )
    )
    decoded = cut.select("row", "at", _decoded(cut["before"]), _decoded(cut["onward"]))
    opening = matching.run("headings", 9, _opening, decoded)
    found: dict[int, list[_Heading]] = {}
    headings = opening.select("row", "at", pl.col("lead").str.len_bytes(), pl.col("onward").str.contains(_FIRM))
    for row, at, lead, is_firm in headings.iter_rows():
        found.setdefault(row, []).append(_Heading(at, at - lead, is_firm))
    return found


def _decoded(pieces: pl.Series) -> pl.Series:
    """Bytes as text; a character that the cut halved is left out."""
    return pl.Series(pieces.name, [piece.decode("utf-8", "ignore") for piece in pieces.to_list()], dtype=pl.String)


def _opening(cut: pl.DataFrame) -> pl.DataFrame:
    """The rows of `at`, `before` and `onward` that are headings; the dearest rule reads only what the others leave."""
    before, onward = pl.col("before"), pl.col("onward")
    lead = before.str.extract(r"([^\n]*)$")
    starts_line = (before.str.contains("\n", literal=True) | (pl.col("at") < _LEAD_BYTES)) & (
        lead.str.len_chars() <= 44
    )
    has_lines = before.str.contains("\n", literal=True) | onward.str.contains("\n", literal=True)
    runs_on = onward.str.contains(r"^\p{Lu}") & (
        onward.str.contains(_CLOSES) | (onward.str.contains(_TITLED) & ~before.str.contains(_NOT_TITLED))
    )
    has_colon = onward.str.contains(r"^[^\n:]{0,59}:")
    return (
        cut.with_columns_seq(lead.alias("lead"))
        .filter(~pl.col("lead").str.contains(_GOES_ON))
        .with_columns_seq((starts_line & onward.str.contains(_LINE_END)).alias("is_line"), has_lines.alias("has_lines"))
        .filter(pl.col("is_line") | pl.when("has_lines").then(has_colon).otherwise(runs_on))
        .filter(pl.col("is_line") | ~pl.col("has_lines") | before.str.contains(_OPENS))
    )
