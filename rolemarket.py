"""The `rolemarket` command: the only place where crawler, warehouse and dashboard meet."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from typer.exceptions import TyperException

from warehouse.schema import DataFolder, UserError

if TYPE_CHECKING:
    from crawler.run import CrawlSummary
    from warehouse.build import BuildSummary

SEEKER_ROLES = "warehouse.seekers.seeker_roles"  # what the crawl counts seekers by; it keeps the counts alone
MOST_NAMED = 20
PIPE_WIDTH = 160  # columns, so that a log or a pipe gets whole table rows
DONE, PARTLY_FAILED, WRONG_USAGE = 0, 1, 2
INTERRUPTED = 130  # what typer makes of Ctrl+C
FULL_DISK = ("No space left on device", "database or disk is full", "Disk quota exceeded", "File too large")

app = typer.Typer(
    name="rolemarket",
    help="Collect job postings, keep them in one DuckDB file, and test what two essays say of the market for data "
    "scientists and ML engineers against software engineers.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

Data = Annotated[
    Path | None, typer.Option("--data", help="Data folder (default: ROLEMARKET_DATA, else ./data).", show_default=False)
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Plain log lines instead of progress bars.")]


class Format(StrEnum):
    """How verdicts are printed."""

    table = "table"
    json = "json"
    csv = "csv"


class Engine(StrEnum):
    """Where `enrich` runs."""

    local = "local"
    spark = "spark"


def _console(*, stderr: bool = False) -> Console:
    if (sys.stderr if stderr else sys.stdout).isatty():
        return Console(stderr=stderr, highlight=False)
    return Console(stderr=stderr, highlight=False, width=PIPE_WIDTH)


def _say(line: str) -> None:
    _console(stderr=True).print(line, markup=False, soft_wrap=True)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function `(step, done, total)` that shows a bar on a terminal and a line per step elsewhere."""
    if quiet or not sys.stderr.isatty():
        seen: set[str] = set()

        def plain(step: str, done: int, total: int) -> None:
            if step not in seen:
                seen.add(step)
                _say(step)

        yield plain
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}

        def bar(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total or None)
            bars.update(tasks[step], completed=done, total=total or None)

        yield bar


@app.command()
def demo(
    data: Data = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End after printing the verdicts.")] = False,
    quiet: Quiet = False,
) -> int:
    """Go the whole way, offline: crawl the bundled sample boards over loopback, build, print the verdicts, serve.

    The verdicts come from the bundled panel of real facts; the sample boards are invented and stay out of them.

    Example: `rolemarket demo --no-serve`
    """
    from crawler.replay import SAMPLE
    from crawler.replay.server import ReplayServer
    from crawler.run import crawl as run_crawl
    from warehouse.build import build as run_build
    from warehouse.panel import load_panel

    folder = DataFolder.of(data)
    _say("1/4  Crawling the sample boards over loopback")
    with ReplayServer(SAMPLE) as server:
        crawled = run_crawl(folder, boards_file=SAMPLE / "boards.csv", replay=server.url, is_sample=True, quiet=quiet)
    _print_crawl(crawled)
    _say("2/4  Loading the bundled panel of facts")
    load_panel(folder)
    _say("3/4  Building the snapshot")
    with _progress(quiet) as progress:
        built = run_build(folder, progress=progress)
    _print_build(built)
    _say("4/4  The verdicts")
    _print_verdicts(folder, Format.table, ())
    if no_serve:
        return DONE if crawled.is_whole else PARTLY_FAILED
    return _serve(folder)


@app.command()
def crawl(
    source: Annotated[
        list[str] | None, typer.Argument(help="Sources to crawl; none means every source that needs no key.")
    ] = None,
    data: Data = None,
    boards: Annotated[Path | None, typer.Option(help="CSV `source,board[,company]` of the boards to read.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Read at most this many boards of each source.")] = None,
    shard: Annotated[str | None, typer.Option(help="Read only part I of N of the boards, as `I/N`.")] = None,
    replay: Annotated[
        str | None, typer.Option(help="Send each request for https://HOST/PATH?QUERY to REPLAY/HOST/PATH?QUERY.")
    ] = None,
    all_boards: Annotated[bool, typer.Option("--all", help="Every known board, not the curated default.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the crawl that was stopped, as it was begun.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """Read job boards and append what they show to the archive.

    Example: `rolemarket crawl greenhouse lever --limit 20`
    """
    from crawler.run import crawl as run_crawl

    summary = run_crawl(
        DataFolder.of(data),
        sources=source or (),
        boards_file=boards,
        limit=limit,
        shard=_shard(shard),
        replay=replay,
        resume=resume,
        all_boards=all_boards,
        quiet=quiet,
        seeker_roles=SEEKER_ROLES,
    )
    _print_crawl(summary)
    return DONE if summary.is_whole else PARTLY_FAILED


@app.command()
def discover(
    url: Annotated[list[str], typer.Argument(help="Careers pages.")],
    data: Data = None,
    replay: Annotated[str | None, typer.Option(help="Fetch through this replay server.")] = None,
) -> int:
    """Tell which ATS and board stand behind a careers page, and add it to your own board list.

    Example: `rolemarket discover https://jobs.lever.co/acme`
    """
    from crawler.discover import discover_boards

    folder = DataFolder.of(data)
    code = DONE
    for page, found, added, problem in discover_boards(folder, url, replay=replay):
        for board in found:
            print(f"{page}\t{board.source}\t{board.board}")
        for source, board in added:
            _say(f"Added {source}/{board} to {folder.boards}.")
        if problem:
            _say(f"rolemarket: {problem}")
            code = PARTLY_FAILED
    return code


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, JSONL or Parquet file of postings.")],
    map_: Annotated[str, typer.Option("--map", help="TOML map of its columns, or the name of a bundled map.")],
    data: Data = None,
    quiet: Quiet = False,
) -> int:
    """Append a file of postings to the archive.

    Example: `rolemarket import threads.parquet --map hn_who_is_hiring`
    """
    from warehouse.importing import import_file

    with _progress(quiet) as progress:
        summary = import_file(DataFolder.of(data), file, Path(map_), progress=progress)
    _say(f"Imported {summary.postings:,} postings of {file.name}; {summary.quarantined:,} went to quarantine.")
    return PARTLY_FAILED if summary.quarantined else DONE


@app.command()
def build(
    data: Data = None,
    full: Annotated[bool, typer.Option("--full", help="Interpret every text anew.")] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Publish even though a source shrank under half its 7-run median.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """Turn the archive into a published snapshot.

    Example: `rolemarket build`
    """
    from warehouse.build import build as run_build

    with _progress(quiet) as progress:
        summary = run_build(DataFolder.of(data), full=full, accept=accept, progress=progress)
    _print_build(summary)
    return PARTLY_FAILED if summary.problems else DONE


@app.command()
def claims(
    slug: Annotated[list[str] | None, typer.Argument(help="Claims to show; none means all.")] = None,
    data: Data = None,
    format_: Annotated[Format, typer.Option("--format", help="table, json or csv.")] = Format.table,
) -> int:
    """Print the verdicts of the current snapshot.

    Example: `rolemarket claims few_openings --format json`
    """
    _print_verdicts(DataFolder.of(data), format_, slug or ())
    return DONE


@app.command()
def enrich(
    in_: Annotated[Path, typer.Argument(metavar="IN", help="JSONL or Parquet: id, title, company, location, text.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="JSONL or Parquet to write.")],
    engine: Annotated[Engine, typer.Option(help="local, or spark with the extra `spark` installed.")] = Engine.local,
    explain: Annotated[bool, typer.Option("--explain", help="Also write the words each value was read from.")] = False,
    data: Data = None,
) -> int:
    """Read the codebook's fields from any file of postings: one row out per row in, in the same order.

    Example: `rolemarket enrich postings.jsonl enriched.parquet`
    """
    from warehouse.enrich import enrich_file

    enrich_file(in_, out, engine=engine.value, explain=explain)  # `data` is taken so that every verb takes it
    return DONE


@app.command()
def status(data: Data = None) -> int:
    """Show boards asked, answered, failed and stale, postings against the 7-run median, and the snapshot's age.

    Example: `rolemarket status`
    """
    from warehouse.status import status as read_status

    console = _console()
    for title, frame in read_status(DataFolder.of(data)).items():
        table = Table(title=title, title_justify="left")
        for name in frame.columns:
            table.add_column(name, justify="right" if frame.schema[name].is_numeric() else "left")
        for row in frame.iter_rows():
            table.add_row(
                *("" if value is None else f"{value:,}" if isinstance(value, int) else str(value) for value in row)
            )
        console.print(table)
    return DONE


@app.command()
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write.")],
    data: Data = None,
) -> int:
    """Write every public table as Parquet and CSV, with the data dictionary and Croissant and Frictionless metadata.

    Example: `rolemarket export market-2026-11`
    """
    from warehouse.export import export_tables

    written = export_tables(DataFolder.of(data), directory)
    _say(f"Wrote {len(written)} files to {directory}.")
    return DONE


@app.command()
def dashboard(
    data: Data = None,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen on.")] = 8501,
) -> int:
    """Serve the dashboard.

    Example: `rolemarket dashboard --port 8600`
    """
    return _serve(DataFolder.of(data), address=address, port=port)


def _serve(folder: DataFolder, *, address: str = "127.0.0.1", port: int = 8501) -> int:
    import dashboard as package

    script = Path(package.__file__).with_name("app.py")
    try:
        socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET).close()
    except OSError as error:
        why = os.strerror(error.errno) if (error.errno or 0) > 0 else error.strerror
        raise UserError(f"Nothing can listen on {address}:{port} ({why}): give another --port or --address.") from None
    _say(f"The dashboard is at http://{address}:{port} until you press Ctrl+C.")
    arguments = [
        *(sys.executable, "-m", "streamlit", "run", str(script)),
        *("--server.address", address, "--server.port", str(port)),
        *("--server.headless", "true", "--browser.gatherUsageStats", "false"),
    ]
    environment = os.environ | {"ROLEMARKET_DATA": str(folder.root.resolve())}
    try:
        return subprocess.run(arguments, env=environment, cwd=script.parent.parent, check=False).returncode
    except KeyboardInterrupt:
        return DONE


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    index, _, count = text.partition("/")
    if not (index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
        raise UserError(f"The shard {text!r} is not I/N with I from 1 to N: write for example --shard 2/4.")
    return int(index), int(count)


def _print_crawl(summary: CrawlSummary) -> None:
    from crawler.extensions import summary_table

    _console().print(summary_table(summary.by_source, "Crawl"))
    for board in summary.not_complete[:MOST_NAMED]:
        _say(f"{board['source']}/{board['board']}: {board['outcome']}: {board['reason']}")
    if len(summary.not_complete) > MOST_NAMED:
        _say(f"{len(summary.not_complete) - MOST_NAMED:,} more boards are named in the snapshot's crawl_log.")
    if summary.is_interrupted:
        why = f": {summary.interrupted_because}" if summary.interrupted_because else ""
        _say(
            f"rolemarket: The crawl stopped before {summary.unread:,} boards were read to their end{why}; "
            "go on with `rolemarket crawl --resume`."
        )


def _print_build(summary: BuildSummary) -> None:
    counts = ", ".join(f"{count:,} {name}" for name, count in summary.counts.items())
    _say(f"Published {summary.path.name}: {counts}.")
    for problem in summary.problems:
        _say(problem)


def _print_verdicts(folder: DataFolder, format_: Format, slugs: Sequence[str]) -> None:
    from warehouse.verdict_report import HEADINGS, as_csv, as_json, as_rows, read_verdicts

    report = read_verdicts(folder, slugs)
    if format_ is Format.json:
        print(as_json(report))
    elif format_ is Format.csv:
        print(as_csv(report), end="")
    else:
        table = Table(caption=report.provenance, caption_justify="left")
        for name in HEADINGS:
            table.add_column(name, justify="left" if name in {"claim", "verdict"} else "right", no_wrap=True)
        for row in as_rows(report):
            table.add_row(*row)
        _console().print(table)


def _refused(error: Exception) -> tuple[str, int] | None:
    """Return in a sentence what the machine refused and the exit code, None for an error of the program's own."""
    words = " ".join(str(error).split())
    # Known by name, for importing these libraries only to name their errors would cost every start a second.
    kind = f"{type(error).__module__.lstrip('_').partition('.')[0]}.{type(error).__name__}"
    if any(sign in words for sign in FULL_DISK):
        return (
            "The disk is full: free some space and run the same again; what was written whole is kept.",
            PARTLY_FAILED,
        )
    if isinstance(error, OSError) and error.strerror:
        what = error.filename or "A file or folder"
        return f"{what} cannot be used ({error.strerror}): check the path and its permissions.", WRONG_USAGE
    if kind in {"duckdb.IOException", "duckdb.Error"}:
        return f"The snapshot cannot be read ({words}): run `rolemarket build` to publish a new one.", WRONG_USAGE
    if kind == "sqlite3.OperationalError":
        return f"An index in the data folder cannot be used ({words}): check its permissions.", WRONG_USAGE
    if kind == "polars.ComputeError" and "parquet" in words.lower():
        return f"A Parquet file is broken ({words}): put a whole one in its place, or delete it.", WRONG_USAGE
    return None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; end with 0 done, 1 partly failed, 2 wrong usage."""
    try:
        code = app(args=None if arguments is None else list(arguments), standalone_mode=False) or DONE
    except UserError as error:
        _say(f"rolemarket: {error}")
        code = error.exit_code
    except TyperException as error:
        if message := error.format_message().rstrip("."):
            _say(f"rolemarket: {message}; see `rolemarket --help`.")
        code = WRONG_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    except Exception as error:
        refused = _refused(error)
        if refused is None:
            raise
        sentence, code = refused
        _say(f"rolemarket: {sentence}")
    if code == INTERRUPTED:
        _say("rolemarket: stopped; what was read so far is kept.")
        code = PARTLY_FAILED
    sys.exit(code if isinstance(code, int) else DONE)


if __name__ == "__main__":
    main()
