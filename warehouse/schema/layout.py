"""Where everything lies below one data folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The paths below `--data DIR`; nothing else in the project joins them by hand."""

    root: Path

    @classmethod
    def of(cls, given: str | os.PathLike[str] | None = None) -> DataFolder:
        """Return the folder given, else `ROLEMARKET_DATA`, else `./data`."""
        return cls(Path(given or os.environ.get("ROLEMARKET_DATA") or "data").expanduser())

    @property
    def archive(self) -> Path:
        """The append-only truth."""
        return self.root / "archive"

    @property
    def sightings(self) -> Path:
        """One `<crawl_id>.jsonl` of `Sighting` lines per crawl or import."""
        return self.archive / "sightings"

    @property
    def readings(self) -> Path:
        """One `<crawl_id>.jsonl` of `BoardReading` lines per crawl."""
        return self.archive / "readings"

    @property
    def quarantine(self) -> Path:
        """One `<crawl_id>.jsonl` of postings that failed validation, each with its reason."""
        return self.archive / "quarantine"

    @property
    def facts(self) -> Path:
        """Parquet files of ready-made facts without text, such as the bundled panel."""
        return self.archive / "facts"

    @property
    def series(self) -> Path:
        """One `<crawl_id>.jsonl` per crawl of published series and of monthly supply counts."""
        return self.archive / "series"

    @property
    def changes(self) -> Path:
        """`changes.jsonl`: what changed in the instrument, written by the code that changed."""
        return self.archive / "changes.jsonl"

    @property
    def boards(self) -> Path:
        """The analyst's own `source,board,company` list."""
        return self.root / "boards.csv"

    @property
    def sources(self) -> Path:
        """The operator's switches for sources that are off by default, each with its reason."""
        return self.root / "sources.toml"

    @property
    def crawler_state(self) -> Path:
        """HTTP cache, job folders and the index of content already archived; may be deleted."""
        return self.root / "crawler"

    @property
    def enriched(self) -> Path:
        """Texts already enriched, keyed by content and parser version; may be deleted."""
        return self.root / "enriched"

    @property
    def snapshots(self) -> Path:
        """The versioned, immutable DuckDB files."""
        return self.root / "snapshots"

    @property
    def market(self) -> Path:
        """The symlink to the current snapshot."""
        return self.root / "market.duckdb"
