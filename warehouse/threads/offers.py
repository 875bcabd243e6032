"""Whether a comment offers work, rather than asks, answers or seeks."""

from __future__ import annotations

import re

from warehouse.threads.body import listed_titles
from warehouse.threads.header import from_first_words, read_header
from warehouse.threads.segments import PIPES, kind_of, lists_roles

_HIRING = re.compile(
    r"\b(?:hiring|hire|looking (?:\w+ )?for|we look for|seeks|looking to (?:hire|add|grow|bring|fill|expand)|seeking|searching for|in search of|recruiting|we need|is needed|wanted|"
    r"join (?:us|our|the)|come work|work (?:with|for) us|positions?|openings?|apply|careers?|full[- ]?time|fulltime|"
    r"open roles?|first employee|your (?:dream|next|new) job|founding (?:engineer|team|member)|equity|salary|jobs? (?:page|at)|/jobs|/careers|vacanc(?:y|ies)|opportunit(?:y|ies)|team is (?:being expanded|expanding|growing)|as an? [\w /-]{3,40} you will|onsite|on-site|telecommute|relocat\w+|intern(?:s|ship)?s?)\b",
    re.IGNORECASE,
)
_SEEKS_WORK = re.compile(
    r"\b(?:seeking (?:work|freelancer|employment|a job)|looking for (?:a )?(?:job|work|employment|internship)\b|i(?:'m| am) (?:a |an )?[^.]{0,60}looking for (?:a |an |new |full)|"
    r"willing to relocate:|my (?:resume|résumé|cv|portfolio|github)\b|hire me|i(?:'m| am) available|for hire\b|my skills)",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"^(?:@|>|thanks|thank you|(?:hi|hey|hello)\b[^|]{0,40}(?:i |did|is )|is (?:this|there|it)|are (?:you|there)|do you|does|did|can (?:you|i|we)|could|would|what|why|how|when|where|"
    r"i(?:'ve|'d| have| had| applied| think| was| would| don't| sent| got| just| know| can|'m (?:not|curious|wondering))\b|just\b|edit:|update:|note:|please note|"
    r"ps\b|fyi\b|sorry|yes\b|no\b[, ]|also\b|same\b|interesting|great\b|nice\b|good luck|congrat\w+|wow|lol|agreed?|looks like|seems|shameless|for those|if you|anyone|has anyone|there (?:is|are|was)\b|it would|this thread|meta|"
    r"(?:new )?(?:tool|site|map|search|list|script|app)\b|\[(?:deleted|dead|flagged)\])",
    re.IGNORECASE,
)


def is_offer(text: str) -> bool:
    """Whether a comment offers work, rather than asks, answers or seeks."""
    if len(text) < 25:
        return False
    first = from_first_words(text)[0]
    if len(PIPES.split(first)) >= 3:
        return not re.search(r"seeking work|seeking freelancer|who wants to be hired", first, re.IGNORECASE)
    if _SEEKS_WORK.search(text[:500]) and not re.search(
        r"\bwe(?:'re| are)\b|\bour (?:team|company)\b", text, re.IGNORECASE
    ):
        return False
    if _REPLY.match(text) and not re.search(
        r"\bwe(?:'re| are)\b.{0,60}\b(?:hiring|looking)|\bis hiring\b|\bare hiring\b",
        text[:600],
        re.IGNORECASE | re.DOTALL,
    ):
        return False
    if _HIRING.search(text):
        return True
    header = read_header(first)
    opening = text.split("\n")[:3]
    return (
        (bool(header.roles) and bool(header.location or header.company))
        or lists_roles(first.strip(" *"))
        or bool(header.location and header.company and listed_titles(text.split("\n")[1:]))
        or (
            any(len(line) < 60 and kind_of(line) == "place" for line in opening[:1])
            and bool(listed_titles(opening[1:]))
        )
    )
