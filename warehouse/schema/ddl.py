"""The SQL that creates and comments the public tables, and the data dictionary, all written from their declaration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from warehouse.schema.tables import TABLES, Column, Table


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def comment(column: Column) -> str:
    """Return what a column means with its unit and its values, as its `COMMENT` says it."""
    parts = [column.comment]
    if column.unit:
        parts.append(f"Unit: {column.unit}.")
    if column.values:
        parts.append(f"One of: {', '.join(column.values)}.")
    return " ".join(parts)


def create_table(table: Table, schema: str) -> str:
    """Return the `CREATE TABLE` of a declared table in the named schema."""
    columns = ", ".join(f'"{c.name}" {c.type}{"" if c.is_nullable else " NOT NULL"}' for c in table.columns)
    return f'CREATE TABLE {schema}."{table.name}" ({columns})'


def comment_on(table: Table, schema: str) -> Iterator[str]:
    """Yield the `COMMENT` statements of a table and of each of its columns."""
    yield f'COMMENT ON TABLE {schema}."{table.name}" IS {_literal(table.comment)}'
    for column in table.columns:
        yield f'COMMENT ON COLUMN {schema}."{table.name}"."{column.name}" IS {_literal(comment(column))}'


def dictionary_rows() -> list[dict[str, Any]]:
    """Return the rows of the `data_dictionary` table, one per table and per column, in declared order within a table."""
    rows: list[dict[str, Any]] = []
    for table in TABLES:
        rows.append(
            {
                "table_name": table.name,
                "column_name": "",
                "position": 0,
                "data_type": None,
                "unit": None,
                "values": None,
                "is_nullable": None,
                "comment": f"{table.comment} One row per {table.grain}.",
            }
        )
        for position, column in enumerate(table.columns, start=1):
            rows.append(
                {
                    "table_name": table.name,
                    "column_name": column.name,
                    "position": position,
                    "data_type": column.type,
                    "unit": column.unit,
                    "values": list(column.values) or None,
                    "is_nullable": column.is_nullable,
                    "comment": column.comment,
                }
            )
    return rows


def dictionary_markdown() -> str:
    """Return the data dictionary as a Markdown page."""
    lines = [
        "# Data dictionary",
        "",
        "Every table and column of a snapshot. Written by `python -m warehouse.documents` from `warehouse/schema/tables.py`;",
        "the same words stand in the file itself as `COMMENT`s and in its table `data_dictionary`.",
        "",
        "Null means the value could not be told. Names: `_raw` as written, `_at` a UTC instant, `_on` a date, units last.",
        "",
    ]
    for table in TABLES:
        lines += [f"## {table.name}", "", f"{table.comment} One row per {table.grain}.", ""]
        lines += ["| column | type | unit | null | meaning |", "| --- | --- | --- | --- | --- |"]
        for column in table.columns:
            values = f" One of: {', '.join(f'`{value}`' for value in column.values)}." if column.values else ""
            null = "yes" if column.is_nullable else ""
            lines.append(
                f"| `{column.name}` | {column.type} | {column.unit or ''} | {null} | {column.comment}{values} |"
            )
        lines.append("")
    return "\n".join(lines)
