"""Packs recordings that publishers serve as archives: a folder `NAME.zip` or `NAME.xlsx` holds the table as text."""

from __future__ import annotations

import csv
import re
import shutil
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def pack(recordings: Path) -> None:
    """Replace each folder named like an archive by that archive."""
    for folder in [path for path in recordings.rglob("*") if path.is_dir() and path.suffix in {".zip", ".xlsx"}]:
        (table,) = folder.iterdir()
        packed = folder.with_name(folder.name + ".packed")
        if folder.suffix == ".zip":
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(table, table.name)
        else:
            with table.open(encoding="utf-8", newline="") as file:
                write_workbook(packed, list(csv.reader(file)))
        shutil.rmtree(folder)
        packed.rename(folder)


def write_workbook(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write rows as the first sheet of a workbook: shared texts, numbers, dates as day numbers, no empty cells."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(
                f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><cols><col min="1"/></cols><sheetData>'.encode()
            )
            for number, row in enumerate(rows, 1):
                cells = "".join(cell(f"{column(at)}{number}", value, texts) for at, value in enumerate(row) if value)
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        said = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
        book.writestr("xl/sharedStrings.xml", f'<?xml version="1.0"?><sst xmlns="{MAIN}">{said}</sst>')


def column(at: int) -> str:
    """Return the letters of a column: A, B, ... Z, AA."""
    return (chr(64 + at // 26) if at >= 26 else "") + chr(65 + at % 26)


def cell(place: str, value: str, texts: dict[str, int]) -> str:
    """Return the XML of one cell."""
    if DAY.fullmatch(value):
        return f'<c r="{place}" s="1"><v>{(date.fromisoformat(value) - date(1899, 12, 30)).days}</v></c>'
    if NUMBER.fullmatch(value):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="s"><v>{texts.setdefault(value, len(texts))}</v></c>'
