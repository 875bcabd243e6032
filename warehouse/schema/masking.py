"""How e-mail addresses, phone numbers and the names of those to write to are kept out of the archive."""

from __future__ import annotations

import re

EMAIL_MASK = "[e-mail]"
PHONE_MASK = "[phone]"
NAME_MASK = "[name]"
PROFILE_MASK = "[profile]"

_NOT_A_NAME = r"(?!png\b|jpe?g\b|gif\b|svg\b|webp\b)"
_LOCAL = re.compile(r"[\w.+%-]+\Z")
_DOMAIN = re.compile(rf"(?:[\w-]+\.)+{_NOT_A_NAME}[a-zA-Z]{{2,24}}")
LONGEST_LOCAL = 64
_AT = r"(?:[\[({]\s*(?:at|@)\s*[\])}]|\s@\s|&#0*64;|&#x0*40;)"
_DOT = r"(?:[\[({]\s*(?:dot|\.)\s*[\])}]|\sdot\s|\.)"
_OBFUSCATED = re.compile(
    rf"[\w.+-]+\s*{_AT}\s*[\w-]+(?:\s*{_DOT}\s*[\w-]+)+|[\w.+-]+\s+at\s+[\w-]+(?:\s+dot\s+[\w-]+)+",
    re.IGNORECASE,
)
_SPELT_PLACE = re.compile(rf"{_AT}|\sdot\s", re.IGNORECASE)
_INTERNATIONAL = re.compile(r"\+\(?\d[\d\s().\-/]{6,18}\d(?![\d,])")
_NATIONAL_TAIL = re.compile(r"[-. ]\d{3}[-. ]\d{4}(?![\d,%])")
_NATIONAL_HEAD = re.compile(r"(?:\(\d{3}\)|(?<![\d$€£.,])\d{3})$")
_LABELLED = re.compile(r"(\b(?:tel|fon|phone|mobile)\.?:\s*)\+?\(?\d[\d\s().\-/]{5,18}\d(?![\d,])", re.IGNORECASE)

# An address inside of another address, such as the parameters that a mail program's link checker adds.
_ENCODED = re.compile(rf"[\w.+-]{{1,{LONGEST_LOCAL}}}%40(?:[\w-]+\.)+[a-zA-Z]{{2,24}}")
_PROFILE = re.compile(r"(linkedin\.com/in/)[\w%.~-]+", re.IGNORECASE)
_TAGS = r"(?:\s|&nbsp;|</?(?:strong|b|em|i|u|span|p|br)\b[^<>]{0,80}>){0,6}"
_WORD = r"[A-ZÄÖÜ][a-zäöüßéèêáàíóúñç'’]+(?:-[A-ZÄÖÜ]?[a-zäöüßéèêáàíóúñç]+)*"
_TITLED = rf"(?:(?:Mr|Mrs|Ms|Dr|Frau|Herrn?)\.? )?{_WORD}(?: [A-ZÄÖÜ]\.?)?"
_FURTHER = rf"(?: (?:v[ao]n |de[rn]? ){{0,2}}{_WORD})"
_NAME, _FULL_NAME = rf"{_TITLED}{_FURTHER}{{0,2}}", rf"{_TITLED}{_FURTHER}{{1,2}}"
_NAMED_BEFORE = re.compile(
    rf"(?i:\b(?:contact|e-?mail|reach out to|write to|write|message|ping|ask for|send (?:your|a|an) \w+ to))\s+"
    rf"(?P<name>{_NAME})\s?(?:\bat\b|\bvia\b|\bunter\b|[,(:–-])?{_TAGS}(?:<a\b[^<>]{{0,120}})?\Z"
)
NAME_REACH = 280
_LABELLED_NAME = re.compile(
    r"(?P<label>(?i:\b(?:hiring manager|recruiter|talent partner|contact|contact person|posted by|ansprechpartner|"
    rf"ansprechpartnerin))\s?:{_TAGS})(?P<name>{_FULL_NAME})"
)
_LABEL_ENDS = ("anager:", "ecruiter:", "artner:", "artnerin:", "ontact:", "erson:", "osted by:")
# Texts have few colons, so looking back from each takes 4 us where seven searches for a label's end take 14.
_LABEL_END = ":(?:" + "|".join(f"(?<={end})" for end in _LABEL_ENDS) + ")"
_MAY_LABEL, _LABEL_PLACE = re.compile(_LABEL_END.encode()), re.compile(_LABEL_END)
LONGEST_LABEL = 24

# Searching a text of 7 kB with these expressions takes 1.5 ms, ruling it out 25 us: its bytes are mapped to their
# kinds (digits to 0, separators to -, brackets to round ones), those that no place of the expressions can begin with are
# dropped, and the expressions run only where one of the kinds of place is left. Dropping can only add such places.
# The letters e and n stay as well: without them "document" and "don't" would look like a dot.
_KINDS = bytes.maketrans(b"0123456789-. \n\t[{]}ATDOEN", b"0000000000-----(())atdoen")
_KEPT = frozenset(b"0123456789-. \n\t[{(]})ATDOENatdoen@+:&#;x,$/")
_DROPPED = bytes(byte for byte in range(256) if byte not in _KEPT)
_SIGN_KINDS = (b"(@)", b"(-@-)", b"-@-")
_ENTITY_KINDS = (b"&#00;", b"&#x00;")
_NATIONAL_KIND = b"-000-0000"
_LABELLED_KIND = re.compile(rb":-?\(?0[-0()/]{5,}")
_LABELS = ("tel:", "tel.:", "fon:", "phone:", "mobile:")


def _kinds(text: str) -> bytes:
    return text.encode("utf-8", "replace").translate(_KINDS, _DROPPED)


def _has_international(kinds: bytes) -> bool:
    """Return whether a plus stands before a digit; the few of a text ("5+ years") are looked at one by one."""
    at = kinds.find(b"+")
    while at != -1:
        if kinds.startswith((b"0", b"(0"), at + 1):
            return True
        at = kinds.find(b"+", at + 1)
    return False


def may_hold_personal_data(encoded: bytes) -> bool:
    """Return False where a text, encoded in UTF-8, surely holds nothing that `mask_personal_data` would mask.

    Plain addresses apart: they have an @, and `mask_addresses` alone masks them.
    """
    kinds = encoded.translate(_KINDS, _DROPPED)
    return (
        _has_international(kinds)
        or b"(at)" in kinds
        or b"(-at-)" in kinds
        or b"-dot-" in kinds
        or _NATIONAL_KIND in kinds
        or (b"#" in kinds and b"&#" in kinds)
        or (b"@" in encoded and any(kind in kinds for kind in _SIGN_KINDS))
        or _LABELLED_KIND.search(kinds) is not None
        or b"%40" in encoded
        or b"linkedin.com/in/" in encoded
        or _MAY_LABEL.search(encoded) is not None
    )


def mask_personal_data(text: str) -> str:
    """Return `text` with every e-mail address and phone number replaced by a mask, and the names of those to write to.

    A name is masked where it stands with an address ("contact Jane Doe at …") or behind a label ("Recruiter: Jane Doe"), a
    link to a person's LinkedIn profile wherever it stands. Also recognises spelt-out addresses ("name [at] firm [dot]
    com"). Amounts of money, dates and identifiers stay: a phone number needs a leading +, a label such as "Tel.:", or the North American 3-3-4 grouping.
    """
    if "@" in text:
        text = mask_addresses(text)
    if "%40" in text:
        text = _ENCODED.sub(EMAIL_MASK, text)
    if "linkedin.com/in/" in text:
        text = _PROFILE.sub(rf"\1{PROFILE_MASK}", text)
    if any(end in text for end in _LABEL_ENDS):
        text = _mask_labelled_names(text)
    kinds = _kinds(text)
    has_sign = "@" in text and any(kind in kinds for kind in _SIGN_KINDS)
    has_entity = "&#" in text and any(kind in kinds for kind in _ENTITY_KINDS)
    if has_sign or has_entity or b"(at)" in kinds or b"(-at-)" in kinds or b"-dot-" in kinds:
        text = _mask_spelt_out(text)
    if _has_international(kinds):
        text = _INTERNATIONAL.sub(_mask_if_phone, text)
    if _LABELLED_KIND.search(kinds) and any(label in folded for folded in [text.lower()] for label in _LABELS):
        text = _LABELLED.sub(rf"\1{PHONE_MASK}", text)
    if _NATIONAL_KIND in kinds:
        text = _mask_national(text)
    return text


def mask_addresses(text: str) -> str:
    """Return `text` with every plainly written e-mail address replaced by a mask."""
    pieces: list[str] = []
    done = 0
    at = text.find("@")
    while at != -1:
        domain = _DOMAIN.match(text, at + 1)
        local = _LOCAL.search(text, max(done, at - LONGEST_LOCAL), at) if domain else None
        if domain and local:
            pieces += [_without_name(text[done : local.start()]), EMAIL_MASK]
            done = domain.end()
        at = text.find("@", max(at + 1, done))
    return "".join([*pieces, text[done:]]) if pieces else text


def _mask_labelled_names(text: str) -> str:
    """Search only around the ends of labels: the whole text would take twenty times as long."""
    pieces: list[str] = []
    done = 0
    for place in _LABEL_PLACE.finditer(text):
        begin, end = max(done, place.end() - LONGEST_LABEL), place.end() + NAME_REACH
        if match := _LABELLED_NAME.search(text, begin, end):
            pieces += [text[done : match.start("name")], NAME_MASK]
            done = match.end()
    return "".join([*pieces, text[done:]]) if pieces else text


def _without_name(before: str) -> str:
    """Return the text before an address without the name of whom the address is."""
    found = _NAMED_BEFORE.search(before, max(0, len(before) - NAME_REACH))
    return f"{before[: found.start('name')]}{NAME_MASK}{before[found.end('name') :]}" if found else before


def _mask_spelt_out(text: str) -> str:
    """Search only around the words that stand for @ and the dot; the whole text would take a hundred times as long."""
    pieces: list[str] = []
    done = 0
    for place in _SPELT_PLACE.finditer(text):
        if place.start() < done:
            continue
        begin = max(done, place.start() - LONGEST_LOCAL)
        for match in _OBFUSCATED.finditer(text, begin, min(len(text), place.end() + 2 * LONGEST_LOCAL)):
            pieces += [text[done : match.start()], EMAIL_MASK]
            done = match.end()
    return "".join([*pieces, text[done:]]) if pieces else text


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
