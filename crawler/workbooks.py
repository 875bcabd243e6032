"""How the rows of a large workbook or CSV file are read in a bounded amount of memory, only the columns asked for."""

from __future__ import annotations

import csv
import mmap
import re
import tempfile
import zipfile
from array import array
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from lxml import etree

from crawler.reading import Unreadable

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SMALL_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 100
"""Sheets of real workbooks unpack to ten to thirty times their size, bombs to a thousand times."""
_COLUMN = re.compile(r"[A-Z]+")


def rows(path: Path, wanted: Collection[str]) -> Iterator[dict[str, str]]:
    """Yield each row of an .xlsx workbook's first sheet, or of a CSV file, as the `wanted` columns by name.

    Empty cells are left out; a date is the number that the workbook holds (days since 1899-12-30). Libraries for
    workbooks keep every distinct text of the file in memory, which for a quarter's disclosures is some 300 MB; here
    they wait in a temporary file.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                for member in book.infolist():
                    check_size(member)
                yield from _sheet(book, wanted)
        elif _is_begun(path):
            raise Unreadable("the file is broken (it starts like a workbook and does not end like one)")
        else:
            with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
                reader = csv.DictReader(file)
                _check(reader.fieldnames or (), wanted)
                for row in reader:
                    yield {name: row[name] for name in wanted if row.get(name)}
    except (zipfile.BadZipFile, EOFError, etree.XMLSyntaxError, KeyError, csv.Error) as error:
        raise Unreadable(f"the file is broken ({error})") from None


def check_size(member: zipfile.ZipInfo) -> None:
    """Raise `Unreadable` for a member that says it unpacks to far more than a table does; no more than that is unpacked."""
    if member.file_size > SMALL_BYTES and member.file_size > MOST_UNPACKED * max(member.compress_size, 1):
        raise Unreadable(f"the file is broken ({member.filename} would unpack to {member.file_size:,} bytes)")


def _is_begun(path: Path) -> bool:
    """Return whether a file starts like a ZIP archive."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _check(names: Collection[str], wanted: Collection[str]) -> None:
    missing = [name for name in wanted if name not in names]
    if missing:
        raise Unreadable(f"the file has no column {' and '.join(missing)}")


class _Texts:
    """The texts that cells name by number, in a temporary file."""

    def __init__(self, book: zipfile.ZipFile, scratch: IO[bytes]) -> None:
        self._ends = array("Q", [0])
        at = 0
        with suppress(KeyError), book.open("xl/sharedStrings.xml") as file:
            for element in _closing(file, "si"):
                at += scratch.write(_text(element).encode("utf-8"))
                self._ends.append(at)
        scratch.flush()
        self._bytes: Any = mmap.mmap(scratch.fileno(), 0, access=mmap.ACCESS_READ) if at else b""

    def __getitem__(self, number: int) -> str:
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode("utf-8")


def _closing(file: IO[bytes], name: str) -> Iterator[etree._Element]:
    """Yield each element of a name when it ends, and forget it and what came before it."""
    for _, element in etree.iterparse(file, tag=f"{_MAIN}{name}", resolve_entities=False, huge_tree=True):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _text(element: etree._Element) -> str:
    return "".join(part.text or "" for part in element.iter(f"{_MAIN}t"))


def _sheet(book: zipfile.ZipFile, wanted: Collection[str]) -> Iterator[dict[str, str]]:
    with tempfile.TemporaryFile() as scratch:
        texts = _Texts(book, scratch)

        def value(cell: etree._Element) -> str | None:
            if cell.get("t") == "inlineStr":
                return _text(cell)
            words = cell.findtext(f"{_MAIN}v")
            return texts[int(words)] if words and cell.get("t") == "s" else words

        names: dict[str, str] | None = None
        with book.open("xl/worksheets/sheet1.xml") as file:
            for row in _closing(file, "row"):
                cells = [(_COLUMN.match(cell.get("r", "")), cell) for cell in row]
                if names is None:
                    titles = {found.group(): value(cell) for found, cell in cells if found}
                    _check([title for title in titles.values() if title], wanted)
                    names = {column: title for column, title in titles.items() if title in wanted}
                else:
                    said = {
                        names[found.group()]: value(cell) for found, cell in cells if found and found.group() in names
                    }
                    yield {name: words for name, words in said.items() if words}
