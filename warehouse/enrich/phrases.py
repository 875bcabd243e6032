"""Knows how to find thousands of phrases, whole words only, in a batch of texts in one pass.

Texts are laid end to end as bytes, cut into words with one table look-up per byte, words are numbered through a
collision-free hash table, and phrases are followed through a trie of word numbers, all words of the batch at once. A
phrase matches whatever stands between its words ("front-end", "front end"), never across a gap of more than three
bytes, and positions are kept, so that evidence around an ambiguous name can be read and matched spans shown. On 4 KB
postings this is faster than Aho–Corasick (`str.extract_many`) with as many patterns, which gives neither.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_WORD = re.compile(r"[a-z0-9+#&]+")
_SEPARATOR = "\n\n\n\n"
MAX_GAP_BYTES = 3
"""The most that may stand between two words of a phrase."""
_PAD_BYTES = 8
CHUNK_ROWS = 256
"""Rows cut into words at once: a megabyte of text and its arrays stay in the cache (twice the speed of 2,000 rows)."""
_BUCKET_MIX = np.uint64(0xD6E8FEB86659FD93)
_TRIES = 4096
_TRIED_AT_ONCE = 32
_MULTIPLIER = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)

_FOLD = np.zeros(256, dtype=np.uint8)
for _byte in b"abcdefghijklmnopqrstuvwxyz0123456789+#&":
    _FOLD[_byte] = _byte
for _byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ":
    _FOLD[_byte] = _byte + 32
_FOLD_BYTES = _FOLD.tobytes()
"""Folding by `bytes.translate` takes half the time of `_FOLD[raw]`, which makes eight bytes of index of each byte."""
_FIRST_BYTES = np.array([(1 << (8 * n)) - 1 for n in range(8)] + [(1 << 64) - 1], dtype=np.uint64)


def words(phrase: str) -> tuple[str, ...]:
    """The words a phrase is matched by: lower-case runs of letters, digits, `+`, `#` and `&`."""
    return tuple(_WORD.findall(phrase.lower()))


def expand(pattern: str) -> list[str]:
    """All phrases of a pattern with alternatives: `(train|tune) models` gives two, `model(s)` gives two."""
    opened = re.search(r"\(([^()]*)\)", pattern)
    if opened is None:
        return [" ".join(pattern.split())]
    inside = opened.group(1)
    choices = inside.split("|") if "|" in inside else ["", inside]
    return [
        phrase for choice in choices for phrase in expand(pattern[: opened.start()] + choice + pattern[opened.end() :])
    ]


class _Table:
    """Maps distinct 64-bit keys to 1..n and every other key to 0, by two small look-ups and one comparison.

    Hash and displace (Belazzougui, Botelho and Dietzfelbinger 2009): keys fall into buckets, and each bucket has the
    multiplier that puts its keys into slots of their own, largest bucket first. With a third of the slots taken the
    tables of 20,000 keys fit the second-level cache, where one table without collisions would need 64 MB.
    """

    def __init__(self, keys: npt.NDArray[np.uint64]) -> None:
        if len(np.unique(keys)) != len(keys):
            raise ValueError("Two words or steps of these phrases have one key: lengthen what words are told apart by.")
        self._keys = np.concatenate([np.zeros(1, dtype=np.uint64), keys])
        slot_bits = max(4, int(np.ceil(np.log2(3 * len(keys) + 1))))
        bucket_bits = max(2, slot_bits - 3)
        self._slot_shift, self._bucket_shift = np.uint64(64 - slot_bits), np.uint64(64 - bucket_bits)
        self._slots = np.zeros(1 << slot_bits, dtype=np.int32)
        tries = np.random.default_rng(0).integers(0, 1 << 63, _TRIES, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        self._multipliers = np.full(1 << bucket_bits, tries[0])
        bucket = ((keys * _BUCKET_MIX) >> self._bucket_shift).astype(np.int64)
        order = np.argsort(bucket, kind="stable")
        begin = np.searchsorted(bucket[order], np.arange((1 << bucket_bits) + 1))
        sizes = np.diff(begin)
        for number in np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes)]:
            members = order[begin[number] : begin[number + 1]]
            self._place(int(number), members, keys[members], tries)

    def _place(self, bucket: int, members: Ints, keys: npt.NDArray[np.uint64], tries: npt.NDArray[np.uint64]) -> None:
        for start in range(0, len(tries), _TRIED_AT_ONCE):
            some = tries[start : start + _TRIED_AT_ONCE]
            slots = np.sort((keys[None, :] * some[:, None]) >> self._slot_shift, axis=1).view(np.int64)
            fits = ~(self._slots[slots] > 0).any(axis=1) & (slots[:, 1:] != slots[:, :-1]).all(axis=1)
            if fits.any():
                self._multipliers[bucket] = some[int(np.argmax(fits))]
                self._slots[((keys * self._multipliers[bucket]) >> self._slot_shift).view(np.int64)] = members + 1
                return
        raise ValueError("These phrases do not fit their table: raise the number of multipliers that are tried.")

    def look_up(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
        multipliers = self._multipliers[((keys * _BUCKET_MIX) >> self._bucket_shift).view(np.int64)]
        found = self._slots[((keys * multipliers) >> self._slot_shift).view(np.int64)]
        return np.where(self._keys[found] == keys, found, 0)


def _word_keys(folded: npt.NDArray[np.uint8], starts: Ints, ends: Ints) -> npt.NDArray[np.uint64]:
    """A key per word from its first eight bytes, its last eight and its length; exact for words of up to 16 bytes."""
    eights = np.ndarray((len(folded) - 7,), dtype="<u8", buffer=folded, strides=(1,))
    lengths = ends - starts
    keys = (eights[starts] & _FIRST_BYTES[np.minimum(lengths, 8)]) * np.uint64(_MULTIPLIER[1])
    keys += lengths.astype(np.uint64)
    long = np.flatnonzero(lengths > 8)
    keys[long] ^= eights[ends[long] - 8] * np.uint64(_MULTIPLIER[2])
    return keys


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a batch, in order: where each starts and ends in `raw`, and its number (0: in no phrase)."""

    raw: npt.NDArray[np.uint8]
    starts: Ints
    ends: Ints
    numbers: npt.NDArray[np.int32]


@dataclass(frozen=True)
class Hits:
    """Where phrases of a book occur in a batch; arrays of one entry per hit, in order of place, shorter hits first.

    `row` and `phrase` number the text and the phrase, `first` and `last` the words of the batch it covers, `in_title`
    says whether it stands in the title, `at` is its distance in words from the beginning of its text.
    """

    n_rows: int
    words: Words = field(repr=False)
    phrase: Ints
    first: Ints
    last: Ints
    row: Ints
    in_title: Bools
    row_first: Ints
    text_first: Ints

    @cached_property
    def n_words(self) -> Ints:
        """Words of each text, title included."""
        return np.diff(np.append(self.row_first, len(self.words.starts)))

    @cached_property
    def at(self) -> Ints:
        """Words between the beginning of the text and the hit; negative in the title."""
        return self.first - self.text_first[self.row]

    def text(self, hit: int) -> str:
        """The words of one hit as written."""
        start, end = self.words.starts[self.first[hit]], self.words.ends[self.last[hit]]
        return bytes(self.words.raw[start:end]).decode("utf-8", "replace")

    def spans(self, hits: Ints, per_row: int = 3) -> list[str | None]:
        """For each text, the first few of the given hits as written, parted by " … "; null where there is none."""
        found: list[list[str]] = [[] for _ in range(self.n_rows)]
        for hit in hits:
            seen = found[self.row[hit]]
            if len(seen) < per_row and (written := self.text(hit)) not in seen:
                seen.append(written)
        return [" … ".join(seen) if seen else None for seen in found]


class Book:
    """A set of phrases compiled for search; phrase i of the given sequence is phrase i of the hits.

    `also` are words that are numbered (`word_number`) though no phrase has them, so that neighbours can be recognised.
    """

    def __init__(self, phrases: Sequence[str], also: Iterable[str] = ()) -> None:
        split = [words(phrase) for phrase in phrases]
        if empty := [phrase for phrase, parts in zip(phrases, split, strict=True) if not parts]:
            raise ValueError(f"The phrase {empty[0]!r} has no word in it; give it a letter or digit.")
        if len(set(split)) != len(split):
            raise ValueError("Two phrases have the same words; keep one of them.")
        self.phrases = tuple(phrases)
        vocabulary = sorted({part for parts in split for part in parts} | set(also))
        folded = np.frombuffer(("\0" + "\0".join(vocabulary) + "\0" * 9).encode(), dtype=np.uint8)
        lengths = np.array([len(part) for part in vocabulary], dtype=np.int64)
        starts = np.concatenate([[1], 1 + np.cumsum(lengths + 1)[:-1]]).astype(np.int64)
        self._vocabulary = _Table(_word_keys(folded, starts, starts + lengths))
        self.word_number = {part: number for number, part in enumerate(vocabulary, 1)}

        nodes: dict[tuple[int, int], int] = {}
        phrase_at = [-1]
        for phrase, parts in enumerate(split):
            node = 0
            for part in parts:
                step = (node, self.word_number[part])
                if step not in nodes:
                    nodes[step] = len(phrase_at)
                    phrase_at.append(-1)
                node = nodes[step]
            phrase_at[node] = phrase
        self._phrase_at = np.array(phrase_at, dtype=np.int64)
        self._has_children = np.zeros(len(phrase_at), dtype=bool)
        self._root = np.zeros(len(vocabulary) + 1, dtype=np.int64)
        inner = []
        for (node, word), child in nodes.items():
            if node == 0:
                self._root[word] = child
            else:
                self._has_children[node] = True
                inner.append((node, word, child))
        self._child = np.array([0] + [child for _, _, child in inner], dtype=np.int64)
        steps = np.array([(node << 32) | word for node, word, _ in inner] or [1 << 63], dtype=np.uint64)
        self._steps = _Table(steps * np.uint64(_MULTIPLIER[1]))
        self._memory = threading.local()

    def find(self, titles: pl.Series, texts: pl.Series) -> tuple[Hits, ...]:
        """All hits in each title and text (two string series of equal length without nulls), by chunks of rows in order.

        The last batch of each thread is remembered, so that several extractors share one pass.
        """
        remembered = getattr(self._memory, "batch", None)
        if (
            remembered is not None
            and len(remembered[0]) == len(titles)
            and remembered[0].equals(titles)
            and remembered[1].equals(texts)
        ):
            return remembered[2]
        chunks = tuple(
            self._find(titles.slice(start, CHUNK_ROWS), texts.slice(start, CHUNK_ROWS))
            for start in range(0, max(1, len(titles)), CHUNK_ROWS)
        )
        self._memory.batch = (titles, texts, chunks)
        return chunks

    def _find(self, titles: pl.Series, texts: pl.Series) -> Hits:
        n_rows = len(titles)
        joined = (
            pl.select(pl.concat_str(titles, pl.lit(_SEPARATOR), texts, pl.lit(_SEPARATOR + "\n" * _PAD_BYTES)))
            .to_series()
            .rechunk()
            .to_arrow(compat_level=pl.CompatLevel.oldest())
        )
        buffers = joined.buffers()
        offsets = np.frombuffer(buffers[1], dtype=np.int64)[joined.offset : joined.offset + n_rows + 1]
        raw = np.frombuffer(buffers[2], dtype=np.uint8)[offsets[0] : offsets[-1]] if n_rows else np.zeros(8, np.uint8)
        offsets = offsets - offsets[0]
        title_ends = offsets[:-1] + titles.str.len_bytes().to_numpy()

        folded = np.frombuffer(raw.tobytes().translate(_FOLD_BYTES), dtype=np.uint8)
        is_word = folded != 0
        edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
        if len(is_word) and is_word[0]:
            edges = np.concatenate([[0], edges])
        starts, ends = edges[0::2], edges[1::2]
        numbers = self._vocabulary.look_up(_word_keys(folded, starts, ends))
        gap_is_short = np.empty(len(starts), dtype=bool)
        if len(starts):
            gap_is_short[:-1] = starts[1:] - ends[:-1] <= MAX_GAP_BYTES
            gap_is_short[-1] = False

        first = np.flatnonzero(numbers)
        node = self._root[numbers[first]]
        going = node > 0
        first, node = first[going], node[going]
        found: list[tuple[Ints, Ints, Ints]] = []
        last = first
        while len(first):
            phrase = self._phrase_at[node]
            ended = phrase >= 0
            found.append((phrase[ended], first[ended], last[ended]))
            going = self._has_children[node] & gap_is_short[last]
            first, last, node = first[going], last[going] + 1, node[going]
            step = (node.view(np.uint64) << np.uint64(32)) | numbers[last].astype(np.uint64)
            node = self._child[self._steps.look_up(step * np.uint64(_MULTIPLIER[1]))]
            going = node > 0
            first, last, node = first[going], last[going], node[going]

        none = np.zeros(0, dtype=np.int64)
        phrase, first, last = (
            np.concatenate(part) if found else none for part in (zip(*found, strict=True) if found else ((), (), ()))
        )
        order = np.argsort(first, kind="stable")
        phrase, first, last = phrase[order], first[order], last[order]
        row_first = np.searchsorted(starts, offsets[:-1])
        text_first = np.searchsorted(starts, title_ends)
        row = np.searchsorted(row_first, first, side="right") - 1
        return Hits(
            n_rows=n_rows,
            words=Words(raw, starts, ends, numbers),
            phrase=phrase,
            first=first,
            last=last,
            row=row,
            in_title=first < text_first[row] if len(row) else np.zeros(0, dtype=bool),
            row_first=row_first,
            text_first=text_first,
        )


def unique_in_order(phrases: Iterable[str]) -> list[str]:
    """The phrases without those whose words repeat an earlier one's."""
    seen: dict[tuple[str, ...], str] = {}
    for phrase in phrases:
        seen.setdefault(words(phrase), phrase)
    return list(seen.values())
