"""How a snapshot leaves the house: Parquet and CSV of every public table, with Croissant and Frictionless metadata."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb

from warehouse.schema import TABLES, Column, DataFolder, Table, UserError
from warehouse.snapshot import open_snapshot

LICENCE_URL = "https://spdx.org/licenses/MIT.html"
FRICTIONLESS = {
    "VARCHAR": "string",
    "DOUBLE": "number",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "VARCHAR[]": "string",
}
CROISSANT = {
    "VARCHAR": "sc:Text",
    "DOUBLE": "sc:Float",
    "INTEGER": "sc:Integer",
    "BIGINT": "sc:Integer",
    "BOOLEAN": "sc:Boolean",
    "DATE": "sc:Date",
    "TIMESTAMP": "sc:DateTime",
    "VARCHAR[]": "sc:Text",
}
# The context the Croissant 1.0 specification prescribes, as terms of its own vocabulary.
_CROISSANT_TERMS = (
    *("citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet", "format"),
    *("includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"),
    *("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
CROISSANT_CONTEXT = {term: f"cr:{term}" for term in _CROISSANT_TERMS} | {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "sc": "https://schema.org/",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export_tables(folder: DataFolder, directory: Path) -> list[Path]:
    """Write every public table of the current snapshot to `directory` and return the files written.

    `<table>.parquet` holds the exact types; `<table>.csv` holds times as ISO 8601 in UTC, lists joined by "|", and an
    apostrophe before any text a spreadsheet would run as a formula. `datapackage.json` is a Frictionless package over
    the CSV files, `croissant.json` a Croissant description of the Parquet files, `data-dictionary.csv` both tables'
    columns. Raise `UserError` where no snapshot is published or `directory` is a file.
    """
    if directory.exists() and not directory.is_dir():
        raise UserError(f"{directory} is a file: name a folder to write the tables to.")
    connection = open_snapshot(folder)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        written = [path for table in TABLES for path in _export_table(connection, table, directory)]
        snapshot = folder.market.resolve().name
    finally:
        connection.close()
    dictionary = directory / "data-dictionary.csv"
    _write_dictionary(dictionary)
    package = directory / "datapackage.json"
    package.write_text(json.dumps(frictionless_package(snapshot), indent=2), "utf-8")
    croissant = directory / "croissant.json"
    croissant.write_text(json.dumps(croissant_dataset(snapshot, directory), indent=2), "utf-8")
    return [*written, dictionary, package, croissant]


def _export_table(connection: duckdb.DuckDBPyConnection, table: Table, directory: Path) -> list[Path]:
    order = ", ".join(f'"{name}"' for name in table.sort)
    parquet, text = directory / f"{table.name}.parquet", directory / f"{table.name}.csv"
    _copy(connection, f'SELECT * FROM "{table.name}" ORDER BY {order}', parquet, "FORMAT parquet, COMPRESSION zstd")
    columns = ", ".join(_csv_expression(column) for column in table.columns)
    _copy(connection, f'SELECT {columns} FROM "{table.name}" ORDER BY {order}', text, "FORMAT csv, HEADER")
    return [parquet, text]


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str) -> None:
    quoted = str(path).replace("'", "''")
    connection.execute(f"COPY ({query}) TO '{quoted}' ({options})").fetchall()


def _csv_expression(column: Column) -> str:
    name = f'"{column.name}"'
    if column.type == "TIMESTAMP":
        return f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ') AS {name}"
    if column.type == "VARCHAR[]":
        name = f"array_to_string({name}, '|')"
    elif column.type != "VARCHAR":
        return name
    starts = ", ".join(f"chr({ord(character)})" for character in FORMULA_STARTS)
    return f"CASE WHEN left({name}, 1) IN ({starts}) THEN '''' || {name} ELSE {name} END AS \"{column.name}\""


def _write_dictionary(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["table_name", "column_name", "data_type", "unit", "values", "is_nullable", "comment"])
        for table in TABLES:
            writer.writerow([table.name, "", "", "", "", "", table.comment])
            for column in table.columns:
                values = "|".join(column.values)
                unit = column.unit or ""
                writer.writerow(
                    [table.name, column.name, column.type, unit, values, column.is_nullable, column.comment]
                )


def frictionless_package(snapshot: str) -> dict[str, Any]:
    """Return the Frictionless Data Package descriptor of the CSV files of `snapshot`."""
    return {
        "name": "rolemarket",
        "title": "rolemarket: job postings of data scientists, ML engineers and software engineers",
        "version": snapshot,
        "licenses": [{"name": "MIT", "path": LICENCE_URL}],
        "resources": [_resource(table) for table in TABLES],
    }


def _resource(table: Table) -> dict[str, Any]:
    return {
        "name": table.name.replace("_", "-"),
        "path": f"{table.name}.csv",
        "description": table.comment,
        "format": "csv",
        "encoding": "utf-8",
        "schema": {"fields": [_field(column) for column in table.columns]},
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": FRICTIONLESS[column.type],
        "description": column.comment + (f" Unit: {column.unit}." if column.unit else ""),
    }
    if column.type == "BOOLEAN":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    constraints: dict[str, Any] = {}
    if not column.is_nullable and column.type not in {"VARCHAR"}:
        constraints["required"] = True
    if column.values and column.type == "VARCHAR":
        constraints["enum"] = list(column.values)
    return field | ({"constraints": constraints} if constraints else {})


def croissant_dataset(snapshot: str, directory: Path) -> dict[str, Any]:
    """Return the Croissant 1.0 description of the Parquet files in `directory`, with their SHA-256."""
    return {
        "@context": CROISSANT_CONTEXT,
        "@type": "sc:Dataset",
        "name": "rolemarket",
        "description": "Facts of job postings and the verdicts on what two essays say of the market.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": LICENCE_URL,
        "version": "1.0.0",
        "identifier": snapshot,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": f"{table.name}.parquet",
                "name": f"{table.name}.parquet",
                "contentUrl": f"{table.name}.parquet",
                "encodingFormat": "application/x-parquet",
                "sha256": hashlib.sha256((directory / f"{table.name}.parquet").read_bytes()).hexdigest(),
            }
            for table in TABLES
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": table.name,
                "name": table.name,
                "description": table.comment,
                "field": [_croissant_field(table, column) for column in table.columns],
            }
            for table in TABLES
        ],
    }


def _croissant_field(table: Table, column: Column) -> dict[str, Any]:
    field = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": column.comment,
        "dataType": CROISSANT[column.type],
        "source": {"fileObject": {"@id": f"{table.name}.parquet"}, "extract": {"column": column.name}},
    }
    return field | ({"repeated": True} if column.type.endswith("[]") else {})
