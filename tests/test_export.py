"""An export can be read by the tools it is meant for and says what every column is."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import frictionless
import mlcroissant
import polars as pl
import pytest

from warehouse.export import export_tables, frictionless_package
from warehouse.schema import TABLES, DataFolder
from warehouse.schema.tables import TABLE
from warehouse.snapshot import publish


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A snapshot with one row in `skill` and none elsewhere; its name would run as a formula in a spreadsheet."""
    frames = {table.name: _empty(table.name) for table in TABLES}
    frames["skill"] = pl.DataFrame(
        [("f", "=cmd()", "languages", ["-a", "b"], True, None, None)],
        schema=_schema("skill"),
        orient="row",
    )
    folder = DataFolder(tmp_path / "data")
    publish(frames, folder)
    return folder


def _schema(name: str) -> dict[str, pl.DataType]:
    types = {
        "VARCHAR": pl.String(),
        "DOUBLE": pl.Float64(),
        "INTEGER": pl.Int32(),
        "BIGINT": pl.Int64(),
        "BOOLEAN": pl.Boolean(),
        "DATE": pl.Date(),
        "TIMESTAMP": pl.Datetime("us"),
        "VARCHAR[]": pl.List(pl.String),
    }
    return {column.name: types[column.type] for column in TABLE[name].columns}


def _empty(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=_schema(name))


def test_every_table_is_written_twice_and_described(folder: DataFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    written = {path.name for path in export_tables(folder, out)}
    for table in TABLES:
        assert {f"{table.name}.parquet", f"{table.name}.csv"} <= written
    assert {"datapackage.json", "croissant.json", "data-dictionary.csv"} <= written
    with (out / "data-dictionary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(TABLES) + sum(len(table.columns) for table in TABLES)


def test_parquet_keeps_the_value_and_csv_disarms_the_formula(folder: DataFolder, tmp_path: Path) -> None:
    export_tables(folder, tmp_path / "out")
    exact = duckdb.sql(f"SELECT name, aliases FROM '{tmp_path}/out/skill.parquet'").fetchall()
    assert exact == [("=cmd()", ["-a", "b"])]
    with (tmp_path / "out" / "skill.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["name"] == "'=cmd()"
    assert row["aliases"] == "'-a|b"


def test_frictionless_finds_the_package_valid(folder: DataFolder, tmp_path: Path) -> None:
    export_tables(folder, tmp_path / "out")
    report = frictionless.Package(str(tmp_path / "out" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])


# mlcroissant parses JSON-LD through rdflib's old graph class, which warns on every use.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_croissant_reader_reads_the_rows(folder: DataFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_tables(folder, out)
    dataset = mlcroissant.Dataset(jsonld=out / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    (row,) = dataset.records("skill")
    assert row["skill/name"] == b"=cmd()"
    described = {record.name: [field.name for field in record.fields] for record in dataset.metadata.record_sets}
    assert described == {table.name: list(table.column_names) for table in TABLES}


def test_package_names_units() -> None:
    fields = {
        (resource["name"], field["name"]): field["description"]
        for resource in frictionless_package("x")["resources"]
        for field in resource["schema"]["fields"]
    }
    assert "Unit: USD per year." in fields["vacancy", "pay_low_usd_year"]
