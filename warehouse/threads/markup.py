"""How a comment's HTML reads as plain lines."""

from __future__ import annotations

import html
import re

from warehouse.threads.vocabulary import SPACES

_LINK = re.compile(r'<a\s[^>]*?href="([^"]*)"[^>]*>.*?</a>', re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_PARAGRAPH = re.compile(r"<p>|</p>|<br\s*/?>|</div>|</li>", re.IGNORECASE)


def comment_text(body: str) -> str:
    """Return a comment's HTML as plain lines; links become their full addresses."""
    text = _PARAGRAPH.sub("\n", _LINK.sub(lambda match: f" {match.group(1)} ", body))
    text = html.unescape(html.unescape(_TAG.sub("", text)))
    lines = (SPACES.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
