"""`python -m crawler.replay FOLDER`: serve recordings until interrupted."""

import argparse
import sys
import threading
from contextlib import suppress
from pathlib import Path

from crawler.replay.server import ReplayServer


def main() -> int:
    """Serve the folder given and print the address."""
    parser = argparse.ArgumentParser(prog="python -m crawler.replay", description="Serve recorded answers on loopback.")
    parser.add_argument("folder", type=Path, help="recordings as HOST/PATH~QUERY.json")
    parser.add_argument("--port", type=int, default=8800)
    given = parser.parse_args()
    try:
        server = ReplayServer(given.folder, port=given.port)
    except OSError as error:
        print(f"{error}", file=sys.stderr)
        return 2
    with server, suppress(KeyboardInterrupt):
        print(f"{server.url} serves {given.folder}; give it to `rolemarket crawl --replay`.", flush=True)
        threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
