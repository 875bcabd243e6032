"""What is served: Streamlit's app, and at its root a first paint that already holds the verdict board."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

LOOK_EVERY_SECONDS = 2.0

# The dashboard's own modules are imported below, once the server runs: their caches belong to it.


def front(request: Request) -> Response:
    """Answer the root of the dashboard."""
    from dashboard import first_paint

    return first_paint.answer(request)


def prepare() -> None:
    """Load what pages need before the first reader asks, and again whenever a snapshot is published."""
    while not st.runtime.exists():
        time.sleep(0.02)
    from dashboard import first_paint, snapshot

    prepared_for = None
    while st.runtime.exists():
        path = snapshot.current()
        if path != prepared_for:
            first_paint.prepare(path)
            prepared_for = path
        time.sleep(LOOK_EVERY_SECONDS)


@asynccontextmanager
async def prepared(_: st.App) -> AsyncIterator[None]:
    """Prepare while the server already answers."""
    threading.Thread(target=prepare, name="prepare", daemon=True).start()
    yield


app = st.App("script.py", routes=[Route("/", front)], lifespan=prepared)
