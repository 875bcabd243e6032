"""The words that comments of hiring threads are read by: kinds of work, fields, levels, conditions, pay and addresses."""

from __future__ import annotations

import re

SPACES = re.compile(r"[ \t\u00a0\u200b\u00ad]+")

PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")

URL = re.compile(
    r"(?:https?://|www\.)[^\s|)\]>,]+|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|io|co|net|org|ai|de|fr|uk|eu|us|me|ly|tv|dev|app|tech|jobs|nl|ch|se|ca|in|xyz)\b(?:/[^\s|)\]>,]*)?",
    re.IGNORECASE,
)

HEADS = (
    r"engineers?|engs?|developers?|devs?|programmers?|scientists?|analysts?|designers?|architects?|administrators?|admins?|"
    r"sys-?admins?|researchers?|managers?|directors?|dba|sres?|swes?|sdes?|sdets?|ctos?|cpo|cmo|coo|vp|interns?|internships?|co-?founders?|hackers?|"
    r"coders?|statisticians?|mathematicians?|technicians?|consultants?|evangelists?|advocates?|specialists?|testers?|generalists?|"
    r"recruiters?|marketers?|writers?|editors?|copywriters?|accountants?|coordinators?|strategists?|associates?|executives?|traders?|quants?|"
    r"leads?|rubyists?|pythonistas?|wizards?|ninjas?|rock-?stars?|gurus?|economists?|linguists?|biologists?|chemists?|physicists?|"
    r"representatives?|assistants?|instructors?|teachers?|producers?|artists?|illustrators?|animators?|partners?|trainees?|"
    r"officers?|technologists?|craftsm[ae]n|owners?|experts?|advisors?|advisers?|counsels?|post-?docs?|chief of staff|head of [a-z]+(?: [a-z]+)?|vp of [a-z]+|director of [a-z]+"
)
HEAD = re.compile(rf"\b(?:{HEADS})(?:\(s\))?(?![\w-])", re.IGNORECASE)

FIELDS = (
    r"front[- ]?end|back[- ]?end|full[- ]?stack|web|mobile|ios|android|data|data science|data engineering|dev ?ops|on-?call|infrastructure|security|qa|"
    r"quality assurance|product|machine learning|deep learning|ml|ai|nlp|computer vision|platform|embedded|firmware|systems?|cloud|ui|ux|ui/ux|"
    r"ux/ui|software|hardware|site reliability|sre|test|automation|database|api|integration|solutions?|support|sales|marketing|design|"
    r"research|analytics|operations|ops|engineering|ruby on rails|ruby|rails|ror|python|django|java|scala|php|javascript|js|node(?:\.?js)?|react|angular|"
    r"golang|go|rust|c\+\+|c#|\.net|clojure|elixir|erlang|haskell|perl|swift|objective-c|kotlin|unity|graphics|games?|network|"
    r"linux|algorithms?|robotics|blockchain|growth|customer success|visual|graphic|interaction|technical|account|project|program|"
    r"business|content|community|people|hr|finance"
)

ONLY_FIELDS = re.compile(
    rf"(?:(?:senior|sr\.?|junior|jr\.?|lead|staff|principal|mid(?:-level)?|mid[-/2](?:sr\.?|senior)|experienced)\s+)*(?:{FIELDS})(?:[\s/&+-]+(?:{FIELDS}))*",
    re.IGNORECASE,
)
_BARE_ROLE = (
    r"(?:front[- ]?end|back[- ]?end|full[- ]?stack|dev ?ops|on-?call|sre|ios|android|"
    r"data science|machine learning|data engineering|ui/ux|ux/ui|ux|qa|software engineering|web development|product design|"
    r"site reliability|mobile|infrastructure|ops|platform|security|embedded|firmware|computer vision|nlp)"
)
BARE_ROLES = re.compile(
    rf"(?:(?:senior|sr\.?|junior|jr\.?|lead|staff|principal)\s+)*{_BARE_ROLE}(?:/{_BARE_ROLE})?(?: engineering| development)?",
    re.IGNORECASE,
)
LEVEL = (
    r"senior|sr\.?|junior|jr\.?|lead|staff|principal|mid(?:-level)?|mid[-/2](?:sr\.?|senior)|entry(?:-level)?|experienced|"
    r"all levels|head|chief"
)
ONLY_LEVEL = re.compile(rf"(?:{LEVEL})(?:[\s/-]+(?:{LEVEL}))*", re.IGNORECASE)
NOT_IN_TITLES = re.compile(
    r"\b(?:you|your|we|our|us|the|is|are|will|with|from|their|they|who|that|this|by|my|me|i|i'm|if|to|have|has|be|can|not|"
    r"about|across|work|working|including|years?|experience|please|email|apply|contact|team of|join|build|building|"
    r"looking|hiring|seeking|company|startup|founded|backed|funded|learn more|more info|click|see)\b|[?!]|https?:|www\.",
    re.IGNORECASE,
)
EMPTY = re.compile(
    r"(?!(?:software |technical )?engineering (?:managers?|directors?|leads?)$)(?:multiple|various|several|many|all|different|open|other|engineering|technical|tech|dev(?:elopment)?|software|more|and|&|/|,|\s)*"
    r"(?:positions?|roles?|openings?|jobs?|engineering|teams?|opportunities|interns?|internships?|leads?|associates?|managers?|experts?|"
    r"executives?|directors?|partners?|assistants?|specialists?|hackers?|generalists?)",
    re.IGNORECASE,
)
"""Names no role, or hardly: the rest of the comment is asked."""
BROAD = re.compile(
    r"(?:(?:software|web|all|good|great) )*(?:engineers?|developers?|devs?|programmers?|hackers?|coders?)",
    re.IGNORECASE,
)
"""A role so broad that a list of roles in the comment is taken instead, and that goes where the comment names another."""

REMOTE = re.compile(r"\b(?:remote|work from home|wfh|telecommute|distributed team|anywhere)\b", re.IGNORECASE)
NO_REMOTE = re.compile(
    r"\b(?:no|not|non)[- ]?remote|remote\W{0,3}(?:no\b|not|isn't|is not)|\bno telecommut|\bon-?site only|\blocal only|remote:\s*no",
    re.IGNORECASE,
)
ONSITE = re.compile(r"\b(?:on-?site|in-?office|in-?house|local only)\b", re.IGNORECASE)
HYBRID = re.compile(
    r"\b(?:hybrid|partial(?:ly)? remote|part(?:ly|ial)?[- ]remote|some remote|remote[- ]friendly)\b", re.IGNORECASE
)
EMPLOYMENT = re.compile(
    r"\b(?:full[- ]?time|fulltime|part[- ]?time|permanent|perm|contract(?:or)?|freelance|intern(?:s|ship|ships)?|f/?t|temporary|salaried)\b",
    re.IGNORECASE,
)
FLAGS = re.compile(
    r"\b(?:remote|on-?site|onsite|hybrid|full[- ]?time|fulltime|part[- ]?time|permanent|perm|contract(?:or|ors|ing)?|freelance|"
    r"intern(?:s|ship|ships)?|f/?t|visa(?:s)?|h-?1b|sponsor(?:ship|ed)?|relo(?:cation)?|transfer|"
    r"no|not|ok(?:ay)?|only|possible|possibly|available|welcome|friendly|preferred|preferably|optional|considered|in|the|with|travel|"
    r"yes|us|usa|eu|uk|anywhere|worldwide|global(?:ly)?|local(?:s)?|office|allowed|negotiable|equity|salary|benefits|"
    r"citizens?|timezones?|time zones?|based|assistance|help|provided|either|also|some|partial(?:ly)?|for|right|candidates?|\d+%?|"
    r"competitive|stock options?|work from home|wfh|telecommut\w+|distributed|team|paid|open to|offices?|locations?|multiple|immediate)\b",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"(?:[$€£]|usd|eur|gbp|chf|cad|aud)\s?\d[\d,.]*\s?[km]?\b|\b\d{2,3}\s?-\s?\d{2,3}\s?k\b|\b\d{2,3}k\b", re.IGNORECASE
)
