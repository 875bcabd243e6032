"""Knows which family of work a posting offers: the title's grammar first, the text where the title leaves it open.

A title is a head ("Senior Software Engineer"), the first segment that names an occupation, and qualifiers ("AI Platform").
The head decides; qualifiers turn a software engineer into an ML or data engineer, or name the function a director leads.
"""

from __future__ import annotations

import threading
from functools import cache

import polars as pl

from warehouse.enrich import cues, matching

FIELDS: tuple[str, ...] = ("role", "role_strict")


def _pattern(lines: str) -> str:
    """A regular expression from lines; a bar with spaces around parts alternatives."""
    return (
        "".join(
            line.strip() + (" " if line.rstrip().endswith(" |") else "")
            for line in lines.replace("\n  | ", " | ").splitlines()
        )
        .replace(" | ", "|")
        .strip()
    )


_OCCUPATION = (
    r"engineer|developer|scientist|analyst|analytics|architect|researcher|research|science|manager|director|vp|svp|president|chief|cto|officer|designer|"
    r"administrator|dba|programmer|statistician|econometrician|economist|specialist|consultant|trader|counsel|executive|representative|"
    r"trainer|technician|swe|sde|sdet|sre|devops|devsecops|mlops|engineering|recruiter|partner|coordinator|strategist|writer|editor|assistant|advocate|evangelist|quant|"
    r"entwickler(?:in)?|softwareentwickler(?:in)?|ingenieur(?:in)?|ing[ée]nieure?|développeu(?:r|se)|desarrollador(?:a)?|ingenier[oa]|programador(?:a)?|programmierer(?:in)?|"
    r"datenanalyst(?:in)?|analyste|analista|wissenschaftler(?:in)?|scientifique|cient[íi]fic[oa]|architekt(?:in)?|architecte|chercheu(?:r|se)|technologist|practitioner|accountant|nurse|driver|operator|tutor|annotator|labell?er|labeling|auditor|bcbas?|sales|marketing|support|"
    r"softwareengineer|[a-z]*entwickler(?:in)?|builder|owner|advisor|producer|artist|controller|copywriter|photographer|videographer|paralegal|lawyer|attorney|bookkeeper|buyer|broker|therapist|"
    r"physician|teacher|professor|instructor|coach|mechanic|electrician|welder|machinist|inspector|assembler|installer|surveyor|estimator|clerk|receptionist|ambassador|moderator|translator|"
    r"interpreter|linguist|journalist|illustrator|animator|merchandiser|cashier|pharmacist|counselor|psychologist|geologist|underwriter|actuary|sourcer"
)
_RANK = r"lead|leader|head|associate|intern|internship|staff|tech|trainee|mts"
"""Words that name an occupation only where no other segment names a better one."""
_ENGINEER = (
    r"(?:engineers?|engineering|developers?|programmers?|swe|sde|sdet|sre|devops|devsecops|architect|ingenieur(?:in)?|ing[ée]nieure?|ingenier[oa]|\w*entwickler(?:in)?|"
    r"développeu(?:r|se)|desarrollador(?:a)?|programador(?:a)?|programmierer(?:in)?|architekt(?:in)?|architecte|technologist|builder)"
)
_TECH_LEAD = r"\btech(?:nical)? lead(?:er)?(?: manager)?\b"
_CRAFT = rf"\b(?:{_ENGINEER}|scientists?|science|analysts?|researche?r?s?|designers?|writers?|recruit\w*|sales|support|solutions?|customers?|program|project|account|implementation|marketing)\b"
"""Words beside which "tech lead" is a rank; alone it is an engineer's craft."""
_AI = (
    r"(?:ai|ml|artificial intelligence|machine learning|deep learning|gen ?ai|generative ai|llms?|nlp|nlu|natural language(?: processing)?|computer vision|cv|perception|speech|mlops|ml ops|llmops|"
    r"agentic|agents?|reinforcement learning|rl|recommendations?|recommenders?|recsys|ia|ki|maschinelles lernen|apprentissage automatique|künstliche intelligenz|inteligencia artificial|intelligence artificielle)"
)
_RESEARCH = _pattern(rf"""
    \bresearch (?:software )?(?:scientist|engineer(?:ing)?|fellow|resident|intern|internship|manager|lead|director)s?\b
  | \bapplied (?:research )?(?:scientist|science|sciences|researcher|research)\b
  | \b{_AI}(?: and| safety| systems| infrastructure)? (?:research(?:er)?s?|scientist|science)\b
  | \b(?:alignment|interpretability|foundation models?|robotics) (?:researcher|scientist)\b
  | ^(?:(?:senior|staff|principal|lead) )?(?:scientist|researcher)$ | \bmachine learning science\b | \bchercheu(?:r|se)\b
""")
_RESEARCH_AREA = rf"\b(?:(?:post|pre|mid) ?training|modell?ing|multimodal|alignment|interpretability|reasoning|world models?|foundation models?|scaling|{_AI} research|research)\b"
_NOT_ML_RESEARCH = _pattern(r"""\b(?:ux|user|users|market|marketing|clinical|biolog\w*|chemi\w*|immunolog\w*|oncolog\w*|pharmacolog\w*|protein|cell|genomics|vivo|vitro|antibody|assay|wet|animal|nutrition|
    policy|economics?|legal|social|equity|investment|investor|consumer|insights|design|threat|vulnerability|materials|battery|hardware|neuroscience|medicinal|formulation|analytical|toxicology|brand|trading|trader|fundamental)\b""")
_SECURITY_RESEARCH = (
    r"\b(?:security|vulnerability|threat|malware|exploit|reverse) (?:intelligence )?(?:research(?:er|s|ers)?|engineer)"
)
_DATA_SCIENCE = _pattern(r"""
    \b(?:data|decision) scien(?:ce|tists?)\b | \b(?:bio)?statisticians?\b | \bbiostatistics\b | \bquant(?:itative)? (?:\w+ )?research(?:er)?s?\b
  | \b(?:product|growth|people|operations research) scientist\b | \bquant(?:itative)? analyst\b | \beconometrician\b | \bdata ?wissenschaft\w* | \bdatenwissenschaft\w* | \bscientifique des données\b | \bcient[íi]fic[oa] de datos\b
""")
_MODELLING = r"\b(?:predictive|modell?ing|statistic\w*|data|analytics|experimentation)\b"
_DATA_ENGINEERING = _pattern(rf"""
    \bdata (?:\w+ |\w+ \w+ |& \w+ |and \w+ )?{_ENGINEER}\b | \banalytics {_ENGINEER}\b | \b(?:etl|elt|dataops|data ops) {_ENGINEER}\b | \b(?:bi|business intelligence) engineer\b | \bdata warehous\w+
  | \b(?:database|db) (?:\w+ )?(?:{_ENGINEER}|administrator)\b | \bdba\b | \bbig data\b | \b(?:snowflake|databricks|spark|hadoop) {_ENGINEER}\b | \bdata modell?er\b
  | \b(?:manager|director|head|vp) (?:of )?data (?:platforms?|infrastructure|infra|warehous\w+|pipelines?)\b
  | \b{_ENGINEER} (?:des |de |en )?(?:données|datos|data)\b | \bdaten(?:bank|ingenieur|architekt)\w*
""")
_NOT_DATA_ENGINEERING = r"\bdata ?cent(?:er|re)s?\b|\bdata (?:qa|test|testing) |\bdata (?:visuali[sz]ation|entry|annotat\w+|label\w+|collection|privacy|protection|security|science)\b"
_DATA_AREA = r"\b(?:data (?:foundations?|platforms?|infrastructure|infra|engineering|warehouse|warehousing|pipelines?|lake|lakehouse|ingestion|systems|integration)|data (?:and|&) (?:\w+ )(?:platform|infrastructure)|database (?:operations|engineering|reliability|administration|infrastructure)|analytics (?:platform|engineering|infrastructure|engineer)|big data)\b|(?:^|[|])data$"
_DATA_ANALYST = _pattern(r"""
    \b(?:data|product|products|bi|business intelligence|insights?|marketing|growth|analytics|reporting|web|digital|game|user|people|hr|decision|customer insights?|experimentation|marketplace|advertising|sql|crm|strategy & analytics|business data|data quality) (?:\w+ )?analyst\b
  | \b(?:bi|business intelligence|tableau|power bi|looker|reporting) (?:developer|manager|lead|specialist|consultant|director)\b | \bbusiness intelligence\b
  | \binsights (?:manager|director)\b | \b(?:\w+ )?analytics (?:manager|lead|specialist|associate|intern|internship|partner|consultant|director|leader|analyst)\b | \bdata analytics\b | ^(?:\w+ ){0,3}analytics$
  | \b(?:manager|director|head|lead|vp) (?:of )?(?:[\w&]+ ){0,4}(?:analytics|insights|business intelligence|data analysis)\b
  | \b(?:datenanalyst\w*|analyste (?:de |des )?(?:données|data)|analista de datos)\b
""")
_NOT_DATA_ANALYST = r"\b(?:financial|finance|fp&a|security|threat|soc|systems?|credit|legal|behaviou?r|compliance|risk|fraud|policy|annotation|sales specialist)\b"
_ML = _pattern(rf"""
    \b{_AI}(?: (?:\w+|&|and)){{0,3}}? {_ENGINEER}\b | \b(?:applied|forward deployed) {_AI}\b | \b(?:prompt|inference|perception|model|vision|ranking|knowledge graph|context) {_ENGINEER}\b
  | \b{_ENGINEER}(?: manager| lead)? {_AI}\b | \b(?:machine learning|ml|deep learning) (?:\w+ )?(?:manager|lead|specialist|intern|internship|practitioner)\b | \bmlops\b | \bmles?\b | \bmanager(?: i{{1,3}})? (?:machine learning|ml|deep learning)\b
  | ^(?:\w+ )?intern(?:ship)? {_AI}$ | \btraining (?:infra|infrastructure|performance|systems|platform) {_ENGINEER}\b
  | \b(?:head|director|vp|svp|lead) (?:of )?(?:applied )?{_AI}(?: (?:and |& )?(?:engineering|platforms?|infrastructure|applications?|{_AI}))*$
""")
_NOT_ML = r"\bai learning architect|\b(?:enablement|devrel|developer relations|advocate|evangelist)\b|\b(?:ai|ml) (?:trainer|tutor|sales|solutions?|support|customer|partner|product manager|program|deployment strategist|data ?cent\w+|hardware)|\b(?:sales|solutions?|support|customer|recruit\w*|hardware|electrical|mechanical|network|manufacturing|data ?cent\w+) (?:\w+ )?engineer"
_AI_AREA = _pattern(rf"""
    (?:^|[|/] *|\bfor |\bin )(?:\w+ ){{0,2}}?{_AI}(?:[ /&]+(?:and )?(?:{_AI}|platforms?|infrastructure|infra|systems?|engineering|inference|training|ops|models?|modeling|research|applications?|foundations?|serving|efficiency|compilers?|quality|
    evaluations?|evals|performance|runtime|frameworks?|native|intern|team|sdk inference|product engineer|agent|experiences? team|enablement|lab|labs|core|data|automation|intelligence|services|compute|compilers?|ecosystems?|product engineer|forward deployed|lead|focus|software|protections?|and))* *(?:$|[|/]) | ^[|]?{_AI} for \w+
  | \b(?:{_AI} (?:platform|infrastructure|infra|engineering|inference|research|systems|agents|engineer)|machine learning|inference|llms?|genai|deep learning|reinforcement learning|mle|mlp|agentic|computer vision|nlp|model (?:serving|training|inference|performance|quality|evaluation))\b
""")
_NAMED_AI = r"(?:^|[|])\w+ ai$"
_KIND_OF_AI = (
    r"(?:^|[|])(?:applied|generative|gen|conversational|agentic|enterprise|core|product|responsible|trust|safety|health|clinical|healthcare|voice|vision|edge|platform|data|ads|search|cloud|security|embodied|"
    r"physical|multimodal|autonomous|robotics|frontier|managed|customer|sales|marketing|finance|support|developer|creative|video|image|audio|speech|legal|document|knowledge|growth|risk|fraud|credit|"
    r"payments|commerce|shopping|mobile|internal|consumer|business|industrial|social|personal|game|gaming|music|language|scientific|science|infrastructure|systems|and|of|the|with|using|for|in) ai$"
)
"""Two words of which the second is AI are the employer's name unless the first tells a kind of AI."""
_AI_PRODUCT = r"\bsecurity for ai\b|(?:^|[|])(?:python|java|golang|react|node js|aws|azure)\|.*\b(?:llms?|genai|ai)\b|\b(?:ai|ml|agents?) (?:sdk|gateway|meeting|notes|governance|products|assistant|billing|editor|security posture|hardware|hub)\b|\((?:[^)]*,)?[^)]*\b(?:llm|genai)\b"
_OTHER_ENGINEER = _pattern(
    r"""\b(?:mechanical|electrical|electronics?|hardware|civil|structural|chemical|process|manufacturing|industrial|rf|radio|antenna|optical|photonics?|optics|analog|mixed|asic|silicon|soc|pcb|pcba|fpga|vlsi|rtl|dft|physical design|
    power|thermal|materials?|mechatronics?|propulsion|aerospace|aerodynamics|avionics|gnc|satellite|mission|npi|tooling|supplier|packaging|facility|facilities|hvac|network|telecom|data ?cent(?:er|re)s?|rack|cabling|it|audiovisual|av|workplace|endpoint|desktop|
    sales|presales|solutions?|support|implementation|customer|client|field|escalation|commissioning|construction|geotechnical|environmental|biomedical|bioprocess|cnc|welding|maintenance|nuclear|mine|drill\w*|blast\w*|battery|cell|harness|electro\w*|supply|
    legal|gtm|marketing|compensation|partner|onboarding|developer (?:connections|engagement|community|partner\w*|programs?|success|ecosystem)|integrations? specialist|service|services|controls technician|value|ecosystem|community|developer relations|devrel|developer advocate|project|business|production test|assembly|wiring|quality control|
    audio|acoustic\w*|laser|lab|laboratory|plant|safety|utilities|energy|mining|oil|gas|marine|rail|vehicle|crash|sound|audio visual|recording|enterprise architect|pricing|deal|commercial|revenue|success|adoption|activation|devrel|advocate|enablement|robot test|flight test|field test|technical account|procurement|finance|assistant|recruiting|failure analysis|mes|scada|
    fire protection|end of line|line side|fluids?|hydraulics?|pneumatics?|piping|plumbing|crane|hoist|lift|elevator|metrology|dimensional|tolerance|motor|actuators?|powertrain|chassis|brakes?|by wire|suspension|composites?|injection molding|mold|machining|
    stress|loads|structures|dynamics|fatigue|cfd|fea|combustion|turbine|reactor|plasma|magnet\w*|vacuum|cryogen\w*|cleanroom|lithography|wafer|yield|etch|deposition|ic package|emc|emi|signal integrity|instrumentation|eee components|semiconductor|substation|transmission|
    interconnection|relay|high voltage|low voltage|metering|grid|solar|wind|hydro|water|wastewater|traffic|highways?|roadway|transportation|bridge|mep|fit ?out|landscape|site development|architectural|surveying|estimating|estimation|cost|scheduling|planning|sustainment|sustaining|
    industrialization|reliability centered|ehs|environment health|ergonomics|human factors|sterilization|pharmaceutical|clinical|medical device|cell culture|fermentation|purification|downstream|upstream|ride show|broadcast|telephony|voice|telecommunications|satcom|
    demo|value engineering|pre sales|martech|dental|textile|apparel|footwear|food|beverage|brewing|ship|naval|ocean|locomotive|flight sciences|launch controls|launch operations|ground support|tool and die)\b
  | \b(?:launch|show|crew|propellant|tank|engine test|test equipment|test stand|calibration|supplier quality|customer quality|equipment|machine design|mechanism|motion|paint|body|trim|seat|glass|paper|cement|steel|concrete|rock|soil|tunnel\w*|blasting) {_ENGINEER}\b""".replace(
        "{_ENGINEER}", _ENGINEER
    )
)
_SOFTWARE_SURE = _pattern(rf"""
    \bsoftware\b | \b(?:back|front)[ ]?end\b | \bfull[ ]?stack\b | \bdev(?:sec)?ops\b | \bsre\b | \bsite reliability\b | \bsdet\b | \bswe\b | \bsde\b | \bfirmware\b | \bembedded\b | \bios\b | \bandroid\b
  | \b(?:web|mobile|platform|infrastructure|infra|cloud|compiler|compilers|kernel|qa|automation|founding|product|design|build|release|game|gameplay|graphics|rendering|engine|blockchain|protocol|smart contract|solidity|react|react native|python|java|javascript|typescript|node|node js|rust|golang|go|ruby|rails|c\+\+|net|c\#|
      php|scala|kotlin|swift|salesforce|security|appsec|application security|product security|offensive security|detection|cyber ?security|identity|storage|distributed systems|systems|quantitative|algorithm|simulation|application|applications|api|observability|zk|zk proof|zero knowledge|cryptography|web automation|developer experience|developer productivity|robotics|autonomy|tools|search|payments|growth|core|test|reliability|production|performance|tech lead|scientific)
      (?: (?:software|systems|operations|development|platform|lead|staff|test|automation))? {_ENGINEER}\b
  | \bengineering (?:manager|lead|leader|director)\b | \b(?:manager|director|head|vp|president|svp|lead) (?:of )?(?:\w+ )?engineering\b | \bcto\b | \bchief technology\b | \bquant(?:itative)? developer\b
  | \b(?:manager|director|head)(?: i{{1,3}})? (?:of )?(?:product security|security platform|application security|platform engineering)\b
  | \bcomputer scientist\b | \bpenetration tester\b | \bred team\b | \b\w*entwickler(?:in)?\b | \bdéveloppeu(?:r|se)\b | \bdesarrollador(?:a)?\b | \bprogram(?:ador(?:a)?|mierer(?:in)?|mer)\b | \bing[ée]nieure? (?:logiciel|développement|devops|cloud|backend|frontend)\b | \bingenier[oa] de software\b | \bdevelopers?$
""")
_MANAGER_OF_THINGS = r"\b(?:product|program|programme|project|account|partner|marketing|community|success|delivery|engagement|operations|brand|content|policy|territory|category) (?:\w+ )?(?:manager|lead|director|owner|head|leader|executive|specialist|counsel|operations|strategist)|\b(?:manager|director|head|vp) (?:of )?(?:\w+ )?(?:product|program|project|account|partner|marketing|sales|design|customer|people|finance|legal|operations|strategy|policy)\b"
_THINGS_MEASURED = r"\b(?:people|product|marketing|sales|customer|finance|operations|strategy|partner|brand|content)(?: (?:&|and))? (?:\w+ )?(?:analytics|data science|insights|data engineering|security)\b"
"""What a manager of things may lead after all: analytics of products is no product management."""
_WEAK_SOFTWARE = rf"\b(?:deployed|deployment|design|systems?|integrations?|test|applications?|technical|automation|production|controls?|simulation) {_ENGINEER}\b"
"""Heads that software and other engineers share; the text tells which."""
_MADE_OR_CODED = rf"\b(?:reliability|product|performance|build|release|robotics|autonomy|tools|qa|quality|algorithm|core) {_ENGINEER}\b"
"""Heads of software unless the text speaks more of machines than of code."""
_DEPLOYED = rf"\b(?:forward )?(?:deployed|deployment) (?:\w+ ){{0,2}}{_ENGINEER}\b"
_PRESALES = r"\bpre ?sales?\b|\barchitect\b.*\b(?:field engineering|customer success|solutions)\b"
_DATA_LEADER = _pattern(r"""
    \bchief (?:data|analytics|data (?:and|&) (?:analytics|ai|information)) (?:(?:and|&) \w+ )?officer\b | ^(?:cdo|cdao)\b
  | \b(?:head|vp|svp|president|director)[ |](?:of )?(?:global |enterprise )?data(?: (?:and|&) (?:ai|analytics|insights?|machine learning|ml)| analytics| ai)* *(?:$|[|])
  | ^(?:(?:founding|senior|chapter) )?(?:data lead|lead data)$
  | \b(?:head|vp|president|director) (?:of )?(?:data (?:science|engineering)|analytics|ai|machine learning) (?:and|&) (?:data )?(?:engineering|data)\b
""")
_BARE_HEAD = r"^(?:(?:senior|sr|staff|associate|global|regional|principal|executive|group|deputy|lead) ?)*(?:director|head|manager|vp|svp|lead|leader|intern|internship)?(?: (?:i{1,3}|of))?$"
_OTHER_TAIL = r"\b(?:copywriter|instructor|teacher|coach|mechanic|inspector|installer|technician|specialist|strategist|recruiter|representative|executive|counsel|partner|designer|writer|trainer|coordinator|advocate|evangelist|tutor|annotator|seller|(?:ai|digital|corporate) learning architect|(?:market|business|land|property|curriculum|content|real estate) developer)s?$"
_LEADS = r"\b(?:head|vp|svp|president|director|manager|lead|leader)\b"


def _clean(title: pl.Expr) -> pl.Expr:
    """Lower case, hyphens within words to spaces, and every separator of segments to a bar."""
    return (
        title.str.to_lowercase()
        .str.replace_all(
            r"[(\[]\s*(?:[mwfdhxi*]\s*[/|]\s*){1,3}[mwfdhxi*]\s*[)\]]|\bm/w/d\b|\b[fh]/[fh]\b|:in\b|\*in\b|/in\b|\(in\)",
            " ",
        )
        .str.replace_all(r"\bvice[- ]president\b", "vp")
        .str.replace_all(
            r"\b(?:(?:senior|sr\.?|principal|lead|staff|distinguished|founding) )*(?:(?:member|manager) of (?:the )?technical staff|s?mts)\b",
            "|mts|",
        )
        .str.replace_all(r"\s[-–—]+\s|[-–—]\s|\s[-–—]|[,:;|()\[\]–—@•]", "|")
        .str.replace_all(r"[-‑_\s /]+", " ")
        .str.replace_all(r"\.js\b", " js")
        .str.replace_all(r"\beng[ei]n+e+r\b", "engineer")
        .str.replace_all(r"\binternal tooling\b", "internal tools")
        .str.replace_all(r"\baction polic(?:y|ies)\b", "control")
        .str.replace_all(r"[^\w|&+# ]", " ")
        .str.replace_all(r" *\| *(?:\| *)*", "|")
        .str.replace_all(r" +", " ")
        .str.strip_chars(" |")
    )


def _segments(titles: pl.Series) -> pl.DataFrame:
    """Columns `clean`, `head` and `rest`: the cleaned title, the segment that names the occupation, the others."""
    clean, head = pl.col("clean"), pl.col("head")
    # A head such as "Director" or "Manager" alone leads what the next segment names.
    return (
        pl.DataFrame({"title": titles}).select_seq(clean=_clean(pl.col("title")))
        .with_columns_seq(clean=pl.when(clean.str.contains(_TECH_LEAD) & ~clean.str.contains(_CRAFT)).then(clean.str.replace(_TECH_LEAD, "lead engineer")).otherwise(clean))
        .with_columns_seq(segments=clean.str.extract_groups(rf"^(?:(.*?)\|)??([^|]*\b(?:{_OCCUPATION})s?\b[^|]*)(.*)$"))
        .with_columns_seq(segments=pl.when(pl.col("segments").struct[1].is_null()).then(clean.str.extract_groups(rf"^(?:(.*?)\|)??([^|]*\b(?:{_RANK})s?\b[^|]*)(.*)$")).otherwise("segments"))
        .with_columns_seq(
            head=pl.col("segments").struct[1].fill_null(clean),
            rest=pl.concat_str(pl.col("segments").struct[0].fill_null(""), pl.col("segments").struct[2].fill_null("")),
        )
        .with_columns_seq(is_bare=head.str.contains(_BARE_HEAD))
        .with_columns_seq(led=clean.str.replace(r"\|", " "))
        .with_columns_seq(
            head=pl.when("is_bare").then(pl.col("led").str.extract(r"^([^|]*)", 1)).otherwise("head"),
            rest=pl.when("is_bare").then(pl.col("led").str.extract(r"\|(.*)$", 1).fill_null("")).otherwise("rest"),
        )
    )  # fmt: skip


def title_grammar(titles: pl.Series) -> pl.DataFrame:
    """For each title its cleaned form, its head, what role it names (`role`) and whether beyond doubt (`is_sure`)."""
    asked, marks, named = _grammar()
    parts = asked.answered(matching.run("titles", 30, _segments, titles))
    return parts.with_columns(**marks).select("clean", "head", "rest", *marks, **named)


@cache
def _grammar() -> tuple[matching.Questions, dict[str, pl.Expr], dict[str, pl.Expr]]:
    """What is asked of the segments, the marks told from the answers, and `role` and `is_sure` told from the marks."""
    asked = matching.Questions()

    def heads(pattern: str) -> pl.Expr:
        return asked.contains("head", pattern)

    def others(pattern: str) -> pl.Expr:
        return asked.contains("rest", pattern)

    def whole(pattern: str) -> pl.Expr:
        return asked.contains("clean", pattern)

    marks = dict(
        is_leader=whole(_DATA_LEADER),
        is_thing_manager=heads(_MANAGER_OF_THINGS) & ~(heads(_THINGS_MEASURED) & ~heads(r"\b(?:ux|user) research")),
        is_security_research=heads(_SECURITY_RESEARCH),
        is_research=heads(_RESEARCH),
        is_other_research=whole(_NOT_ML_RESEARCH),
        is_science=(heads(_DATA_SCIENCE) & ~heads(r"\btrad(?:er|ing)\b"))
        | (heads(r"^(?:\w+ )?scientists?$") & ~heads(r"\b(?:research|applied) scientist") & others(_MODELLING)),
        is_data_engineer=heads(_DATA_ENGINEERING) & ~heads(_NOT_DATA_ENGINEERING) & ~heads(r"\b(?:advocate|devrel|evangelist|sales|solutions?|support|customer)\b"),
        is_analyst=(heads(_DATA_ANALYST) & (~heads(_NOT_DATA_ANALYST) | heads(r"\bdata analyst\b")))
        | (heads(r"\b(?:analyst|manager|lead|staff|director)(?: i{1,3})?$") & ~heads(_NOT_DATA_ANALYST) & ~heads(rf"{_ENGINEER}") & others(r"(?:^|[|])(?:[\w&]+ ){0,3}analytics(?:$|[|])")),
        is_ml=heads(_ML) & ~heads(_NOT_ML) & ~heads(_AI_PRODUCT),
        is_software=heads(_SOFTWARE_SURE) & ~heads(r"\banalysts?$"),
        is_other_engineer=heads(_OTHER_ENGINEER),
        is_weak_software=heads(_WEAK_SOFTWARE) & ~heads(r"\bsoftware\b"),
        is_made_or_coded=heads(_MADE_OR_CODED) & ~heads(r"\bsoftware|site reliability\b"),
        is_deployed=whole(_DEPLOYED) & ~heads(r"\bsoftware\b"),
        is_presales=whole(_PRESALES) & ~heads(r"\bsoftware\b|\bdata scientist"),
        is_trainee=heads(r"\b(?:intern|internship|co op|working student)\b") & ~heads(rf"\b{_ENGINEER}\b"),
        is_engineer=heads(rf"\b{_ENGINEER}\b|\bmts\b"),
        is_staff=heads(r"\bmts\b"),
        is_staff_research=whole(r"\bmts\b") & heads(r"\bresearch$"),
        names_ml=heads(rf"\b(?:{_AI}|applied) (?:research |applied )?(?:scientists?|sciences?|engineers?|research)\b"),
        in_ai=others(_AI_AREA) & ~(others(_NAMED_AI) & ~others(_KIND_OF_AI)) & ~others(_AI_PRODUCT),
        is_other_tail=heads(_OTHER_TAIL),
        in_data=others(_DATA_AREA) & ~(whole(_DEPLOYED) & others(r"^[|]?data$")) & ~others(_NOT_DATA_ENGINEERING),
        rest_names_research=others(_RESEARCH),
        rest_names_science=others(_DATA_SCIENCE),
        rest_names_software=others(_SOFTWARE_SURE),
        has_ai=whole(rf"\b{_AI}\b"),
        leads=heads(_LEADS),
    )  # fmt: skip
    is_plain_software = pl.col("is_software") & ~pl.col("is_other_engineer") | heads(r"\bsoftware\b")
    role = (
        pl.when("is_leader").then(pl.lit("data_leader"))
        .when("is_thing_manager").then(pl.lit("other"))
        .when(pl.col("is_other_tail") & ~pl.col("is_science") & ~pl.col("is_analyst")).then(pl.lit("other"))
        .when(pl.col("is_presales") | heads(r"\bchief of staff\b|\bsoftware (?:assets?|licen[cs]e|sales|procurement|sourcing)\b")).then(pl.lit("other"))
        .when(heads(r"\bquality (?:assurance )?engineer") & others(r"\b(?:manufacturing|suppliers?|production|assembly|factory|medical devices?|hardware)\b")).then(pl.lit("other"))
        .when("is_security_research").then(pl.lit("software_engineer"))
        .when(heads(rf"\bdata science (?:platform|infrastructure|tools) {_ENGINEER}\b")).then(pl.lit("ml_engineer"))
        .when("is_science").then(pl.lit("data_scientist"))
        .when(pl.col("is_staff_research") & ~pl.col("is_other_research")).then(pl.lit("research_scientist"))
        .when(((pl.col("is_staff") | heads(r"^research$")) & others(_RESEARCH_AREA)) | (pl.col("leads") & heads(r"\bresearch$") & pl.col("in_ai")) | (pl.col("leads") & pl.col("is_engineer") & others(rf"\b{_AI} research|\b(?:pre|mid|post) ?training"))).then(pl.lit("research_scientist"))
        .when(pl.col("is_ml") & others(rf"\bresearch (?:scientist|engineer)s?\b|\b{_AI} research\b")).then(pl.lit("research_scientist"))
        .when(heads(r"\bscientists?$") & ~pl.col("is_research") & pl.col("has_ai")).then(pl.lit("research_scientist"))
        .when(pl.col("is_research") & (~pl.col("is_other_research") | pl.col("names_ml"))).then(pl.lit("research_scientist"))
        .when(pl.col("is_research") & pl.col("is_other_research")).then(pl.lit("other"))
        .when("is_data_engineer").then(pl.lit("data_engineer"))
        .when(pl.col("is_ml") & pl.col("in_data") & ~pl.col("in_ai")).then(pl.lit("data_engineer"))
        .when("is_ml").then(pl.lit("ml_engineer"))
        .when(pl.col("is_engineer") & ~(pl.col("is_other_engineer") & ~is_plain_software) & pl.col("in_data")).then(pl.lit("data_engineer"))
        .when(pl.col("is_engineer") & ~(pl.col("is_other_engineer") & ~is_plain_software) & pl.col("in_ai")).then(pl.lit("ml_engineer"))
        .when(pl.col("is_staff") & pl.col("rest_names_research")).then(pl.lit("research_scientist"))
        .when("is_analyst").then(pl.lit("data_analyst"))
        .when(heads(r"^(?:marketing|sales|product|people)$") & others(r"\banalytics (?:lead|manager|specialist)\b")).then(pl.lit("data_analyst"))
        .when(pl.col("is_trainee") & ~pl.col("is_research") & pl.col("in_ai") & ~others(r"\b(?:marketing|sales|product|design|recruit|operations|content|community)")).then(pl.lit("ml_engineer"))
        .when(is_plain_software).then(pl.lit("software_engineer"))
        .when(pl.col("is_engineer") & ~pl.col("is_other_engineer")).then(pl.lit("software_engineer"))
        .otherwise(pl.lit("other"))
    )  # fmt: skip
    kinds = pl.sum_horizontal(
        pl.col("is_research", "is_science", "is_data_engineer", "is_ml", "is_analyst").cast(pl.Int8)
    )
    is_sure = (
        ((kinds == 1) & ~pl.col("is_other_research") & ~pl.col("is_thing_manager") & ~pl.col("is_other_engineer"))
        | ((kinds == 0) & is_plain_software & ~pl.col("has_ai") & ~pl.col("in_data") & ~pl.col("is_thing_manager"))
        | pl.col("is_leader")
    )
    return asked, marks, {"role": role, "is_sure": is_sure}


_memory = threading.local()
_FEWEST_ML_SIGNS = 3
_FEWEST_RESEARCH_SIGNS = 5
_FEWEST_SOFTWARE_SIGNS = 3
_FEWEST_WORDS = 150


@cache
def _corrections() -> tuple[matching.Questions, pl.Expr]:
    """What is asked of titles beside their grammar, and the role that the text's counts leave standing."""
    asked = matching.Questions()
    is_told = pl.col("n_words") >= _FEWEST_WORDS
    # "Member of Technical Staff" without a craft: the text speaks twice as often of models as of software.
    is_modelling = (
        (pl.col("ml_signs") >= 2 * _FEWEST_ML_SIGNS)
        & (pl.col("ml_signs") > 2 * pl.col("software_signs"))
        & ~asked.contains(
            "clean", rf"{_ENGINEER}|\b(?:infrastructure|infra|platform|stack|product|devrel|field eng|policy)\b"
        )
    )
    role = (
        pl.when(
            (pl.col("role") == "research_scientist")
            & is_told
            & ~pl.col("names_ml")
            & (pl.col("ml_signs") < _FEWEST_ML_SIGNS)
        )
        .then(
            # A research engineer of a trading firm or a game studio writes software unless the text says otherwise.
            pl.when(
                asked.contains("head", r"\bresearch (?:software )?engineers?\b")
                & (pl.col("software_signs") >= _FEWEST_SOFTWARE_SIGNS)
                & (pl.col("software_signs") > pl.col("hardware_signs"))
            )
            .then(pl.lit("software_engineer"))
            .otherwise(pl.lit("other"))
        )
        .when(
            pl.col("is_staff")
            & ~pl.col("is_science")
            & ~asked.contains("clean", rf"\bmles?\b|{_ENGINEER}")
            & pl.col("role").is_in(["ml_engineer", "software_engineer", "other"])
            & (
                ((pl.col("research_signs") >= _FEWEST_RESEARCH_SIGNS) & (pl.col("ml_signs") >= _FEWEST_ML_SIGNS))
                | (is_modelling & (pl.col("research_signs") >= _FEWEST_RESEARCH_SIGNS // 2))
            )
        )
        .then(pl.lit("research_scientist"))
        .when(pl.col("is_staff") & (pl.col("role") == "software_engineer") & is_modelling)
        .then(pl.lit("ml_engineer"))
        .when(
            pl.col("is_deployed")
            & pl.col("role").is_in(["software_engineer", "ml_engineer"])
            & is_told
            & (pl.col("customer_signs") > 3 * (pl.col("software_signs") + pl.col("ml_signs") + pl.col("product_signs")))
        )
        .then(pl.lit("other"))
        .when(
            (pl.col("role") == "software_engineer")
            & (~pl.col("is_software") | pl.col("is_made_or_coded"))
            & (pl.col("hardware_signs") > pl.col("software_signs"))
        )
        .then(pl.lit("other"))
        .when(
            pl.col("is_staff")
            & (pl.col("role") == "software_engineer")
            & asked.contains("rest", r"\b(?:policy|strategic|operations|devrel|developer relations|field eng)\b")
        )
        .then(pl.lit("other"))
        .when(
            (pl.col("role") == "software_engineer")
            & (
                pl.col("is_weak_software")
                | (
                    pl.col("is_engineer")
                    & ~pl.col("is_software")
                    & (pl.col("customer_signs") > pl.col("software_signs"))
                )
            )
            & is_told
            & (pl.col("software_signs") < _FEWEST_SOFTWARE_SIGNS)
        )
        .then(pl.lit("other"))
        .otherwise("role")
    )
    return asked, role.alias("role")


def _read(postings: pl.DataFrame) -> pl.DataFrame:
    """The title's grammar with `role` corrected by the text where the title leaves it open."""
    found = cues.find(postings)
    remembered = getattr(_memory, "batch", None)
    if remembered is not None and remembered[0] is found:
        return remembered[1]
    named = title_grammar(postings["title"])
    text = pl.DataFrame(
        {
            "ml_signs": sum(found.count(cue) for cue in ("ml", "llm", "frameworks", "tuning_words")),
            "research_signs": found.count("research"),
            "software_signs": found.count("software"),
            "hardware_signs": found.count("duties_hardware"),
            "customer_signs": found.count("duties_customer") + found.count("duties_sales"),
            "product_signs": found.count("ai_product_words"),
            "n_words": found.n_words,
        }
    )
    asked, role = _corrections()
    told = asked.answered(named).hstack(text).select(role)
    result = named.with_columns(told).hstack(text)
    _memory.batch = (found, result)
    return result


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Role of each posting, and the role where the title alone names it beyond doubt (`role_strict`, else null)."""
    named = _read(postings)
    result = named.select("role", role_strict=pl.when("is_sure").then("role"))
    if explain:
        result = result.with_columns(
            role_span=postings["title"],
            role_strict_span=pl.when(pl.col("role_strict").is_not_null()).then(postings["title"]),
        )
    return result
