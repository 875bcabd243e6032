"""How e-mail addresses and phone numbers are kept out of the archive."""

from __future__ import annotations

import re

EMAIL_MASK = "[e-mail]"
PHONE_MASK = "[phone]"

_IMAGE = r"(?!png\b|jpe?g\b|gif\b|svg\b|webp\b)"
_EMAIL = re.compile(rf"[\w.+%-]+@(?:[\w-]+\.)+{_IMAGE}[a-zA-Z]{{2,24}}")
_OBFUSCATED = re.compile(
    r"[\w.+-]+\s*(?:[\[({<]\s*(?:at|@)\s*[\])}>]|\s@\s)\s*[\w-]+"
    r"(?:\s*(?:[\[({<]\s*(?:dot|\.)\s*[\])}>]|\sdot\s|\.)\s*[\w-]+)+"
    r"|[\w.+-]+\s+at\s+[\w-]+(?:\s+dot\s+[\w-]+)+",
    re.IGNORECASE,
)
_OBFUSCATION_HINTS = ("(at", "[at", "{at", "<at", "( at", "[ at", "(@", "[@", "{@", " @ ", " dot ")
_INTERNATIONAL = re.compile(r"\+\d[\d\s().\-/]{6,18}\d(?![\d,])")
_NATIONAL_TAIL = re.compile(r"[-. ]\d{3}[-. ]\d{4}(?![\d,%])")
# Every digit becomes 0 and every separator -, so that one substring search (1 us) rules out almost every text.
_SHAPE = bytes.maketrans(b"0123456789-. ", b"0000000000---")
_NATIONAL_SHAPE = b"-000-0000"
_NATIONAL_HEAD = re.compile(r"(?:\(\d{3}\)|(?<![\d$€£.,])\d{3})$")


def mask_personal_data(text: str) -> str:
    """Return `text` with every e-mail address and phone number replaced by a mask.

    Also recognises spelt-out addresses ("name [at] firm [dot] com"). Amounts of money, dates and identifiers stay:
    a phone number needs a leading + or the North American 3-3-4 grouping.
    """
    if "@" in text:
        text = _EMAIL.sub(EMAIL_MASK, text)
    folded = text.lower()
    if any(hint in folded for hint in _OBFUSCATION_HINTS):
        text = _OBFUSCATED.sub(EMAIL_MASK, text)
    if "+" in text:
        text = _INTERNATIONAL.sub(_mask_if_phone, text)
    if _NATIONAL_SHAPE in text.encode("utf-8", "replace").translate(_SHAPE):
        text = _mask_national(text)
    return text


def _mask_if_phone(match: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in match.group())
    return PHONE_MASK if 8 <= digits <= 15 else match.group()


def _mask_national(text: str) -> str:
    pieces: list[str] = []
    done = 0
    for tail in _NATIONAL_TAIL.finditer(text):
        head = _NATIONAL_HEAD.search(text, max(done, tail.start() - 6), tail.start())
        if head is None and text[max(done, tail.start() - 7) : tail.start()].endswith(") "):
            head = _NATIONAL_HEAD.search(text, max(done, tail.start() - 7), tail.start() - 1)
        if head is None:
            continue
        pieces += [text[done : head.start()], PHONE_MASK]
        done = tail.end()
    return "".join([*pieces, text[done:]]) if pieces else text
