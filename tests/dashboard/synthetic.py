"""An invented market in the shape of a published snapshot, of any size, made inside DuckDB from the schema's declarations."""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb

from warehouse.schema.tables import TABLES

N_VACANCIES = 6_000
N_EMPLOYERS = 300

VACANCY = """
WITH drawn AS (
  SELECT i, ('x' || md5(i::VARCHAR))::VARCHAR AS h,
    hash(i * 16 + 1) % 1000 AS r_role, hash(i * 16 + 2) % 1000 AS r_level, hash(i * 16 + 3) % 1000 AS r_place,
    hash(i * 16 + 4) % 1000 AS r_degree, hash(i * 16 + 5) % 1000 AS r_pay, hash(i * 16 + 6) % 1000 AS r_flag,
    hash(i * 16 + 7) % 1000 AS r_open, hash(i * 16 + 8) % 1000 AS r_mode,
    hash(i * 16 + 9) % $employers AS e, hash(i * 16 + 10) % 2920 AS day
  FROM range($vacancies) r(i)
), named AS (
  SELECT *,
    CASE WHEN r_role < 70 THEN 'ml_engineer' WHEN r_role < 130 THEN 'data_scientist' WHEN r_role < 150 THEN 'research_scientist'
      WHEN r_role < 210 THEN 'data_engineer' WHEN r_role < 260 THEN 'data_analyst' WHEN r_role < 860 THEN 'software_engineer'
      WHEN r_role < 870 THEN 'data_leader' ELSE 'other' END AS role_,
    CASE WHEN r_level < 30 THEN 'intern' WHEN r_level < 110 THEN 'entry' WHEN r_level < 520 THEN 'mid' WHEN r_level < 800 THEN 'senior'
      WHEN r_level < 880 THEN 'staff' WHEN r_level < 910 THEN 'principal' WHEN r_level < 960 THEN 'manager'
      WHEN r_level < 985 THEN 'director' WHEN r_level < 995 THEN 'vp' ELSE 'c_level' END AS level_,
    CASE WHEN r_place < 520 THEN 'US' WHEN r_place < 620 THEN 'IN' WHEN r_place < 680 THEN 'SG' WHEN r_place < 860 THEN 'DE'
      WHEN r_place < 930 THEN 'BR' END AS country_,
    CASE e % 5 WHEN 0 THEN 'hn' WHEN 1 THEN 'ashby' WHEN 2 THEN 'ashby' WHEN 3 THEN 'greenhouse' ELSE 'lever' END AS source_,
    CASE WHEN e < 4 THEN 'sample' WHEN e % 5 = 0 THEN 'panel' ELSE 'crawl' END AS provenance_,
    TIMESTAMP '2018-11-01' + INTERVAL (day) DAY AS seen_
  FROM drawn
)
INSERT INTO s.vacancy BY NAME SELECT
  source_ || ':board-' || e || ':' || i AS vacancy_id, source_ AS source, 'board-' || e AS board, i::VARCHAR AS posting_id, 0 AS part,
  provenance_ AS provenance, 'employer-' || e AS employer_id,
  CASE e WHEN 7 THEN '=HYPERLINK("http://nordlicht.example")' WHEN 8 THEN '<b>Bold</b> & Sons' ELSE 'Nordlicht ' || e END AS employer_name,
  CASE WHEN i % 997 = 0 THEN '<img src=x onerror=alert(1)> **Engineer**' ELSE replace(role_, '_', ' ') END AS title,
  'https://jobs.example/' || i AS url,
  role_ AS role, CASE WHEN i % 5 <> 0 THEN role_ END AS role_strict, level_ AS level,
  CASE WHEN r_degree < 80 THEN NULL WHEN r_degree < 520 THEN 'none' WHEN r_degree < 840 THEN 'bachelor'
    WHEN r_degree < 940 AND role_ <> 'software_engineer' THEN 'master' WHEN r_degree < 1000 AND role_ IN ('research_scientist', 'ml_engineer')
    THEN 'phd' ELSE 'bachelor' END AS degree_min,
  r_degree % 3 = 0 AS degree_equivalent, CASE WHEN r_degree % 4 = 0 THEN 'master' ELSE 'none' END AS degree_preferred,
  role_ IN ('research_scientist', 'ml_engineer', 'data_scientist') AND r_degree > 700 AS phd_mentioned,
  CASE WHEN r_level % 4 <> 0 THEN (r_level % 12)::DOUBLE END AS years_min,
  CASE WHEN r_pay < 450 AND country_ IS NOT NULL THEN 80000.0 + 100 * r_pay END AS pay_min,
  CASE WHEN r_pay < 450 AND country_ IS NOT NULL THEN 110000.0 + 120 * r_pay END AS pay_max,
  CASE WHEN r_pay < 450 AND country_ IS NOT NULL THEN CASE country_ WHEN 'DE' THEN 'EUR' WHEN 'IN' THEN 'INR' ELSE 'USD' END END AS pay_currency,
  CASE WHEN r_pay < 450 AND country_ IS NOT NULL THEN 'year' END AS pay_period,
  CASE WHEN r_pay < 450 AND country_ IS NOT NULL THEN 'base' END AS pay_kind,
  CASE WHEN r_pay < 300 AND country_ IS NOT NULL THEN 'structured' WHEN r_pay < 450 AND country_ IS NOT NULL THEN 'text' END AS pay_tier,
  CASE r_mode % 4 WHEN 0 THEN 'remote' WHEN 1 THEN 'hybrid' WHEN 2 THEN 'onsite' END AS work_mode,
  country_ AS country, CASE country_ WHEN 'US' THEN 'New York' WHEN 'DE' THEN 'Berlin' WHEN 'SG' THEN 'Singapore' END AS city,
  role_ IN ('ml_engineer', 'data_scientist', 'research_scientist') OR r_flag < 90 AS asks_ml,
  CASE WHEN r_flag >= 960 THEN NULL ELSE role_ = 'software_engineer' OR r_flag % 10 < 4 + year(seen_) - 2018 END AS asks_software,
  role_ = 'ml_engineer' AND r_flag % 10 < 7 AS serves_models, role_ IN ('ml_engineer', 'data_scientist') AND r_flag % 10 < 5 AS tunes_models,
  role_ = 'research_scientist' OR r_flag % 25 = 0 AS asks_research, role_ = 'data_scientist' OR r_flag % 12 = 0 AS asks_math,
  NULL AS reports_to, 'en' AS language, country_ AS location_raw,
  CASE country_ WHEN 'US' THEN 'US' WHEN 'IN' THEN 'India' WHEN 'SG' THEN 'Singapore' WHEN 'DE' THEN 'Europe' WHEN 'BR' THEN 'other' END AS market,
  CASE WHEN r_pay < 450 AND country_ IS NOT NULL THEN 80000.0 + 100 * r_pay END AS pay_low_year,
  CASE WHEN r_pay < 450 AND country_ IS NOT NULL THEN 110000.0 + 120 * r_pay END AS pay_high_year,
  CASE WHEN r_pay < 450 AND country_ IS NOT NULL THEN 80000.0 + 100 * r_pay END AS pay_low_usd_year,
  CASE WHEN r_pay < 450 AND country_ IS NOT NULL THEN 110000.0 + 120 * r_pay END AS pay_high_usd_year,
  NULL AS pay_low_ppp_usd_year, NULL AS pay_high_ppp_usd_year,
  seen_ AS posted_at, NULL AS source_closes_on, seen_ AS first_seen_at, seen_ + INTERVAL (r_open % 90) DAY AS last_seen_at,
  CASE WHEN r_open < 800 THEN seen_ + INTERVAL (r_open % 90 + 2) DAY END AS closed_at,
  CASE WHEN r_open < 800 THEN 'absent_twice' END AS closed_reason, 0 AS reopened, r_open % 10 = 0 AS is_left_truncated,
  r_open >= 800 AS is_right_censored, (r_open % 90)::DOUBLE AS open_days_low,
  CASE WHEN r_open < 800 THEN (r_open % 90 + 2)::DOUBLE END AS open_days_high, 3 AS n_sightings, 1 AS n_postings
FROM named ORDER BY vacancy_id
"""

SKILLS = (
    ("python", "Python", "languages"),
    ("java", "Java", "languages"),
    ("go", "Go", "languages"),
    ("pytorch", "PyTorch", "modelling"),
    ("sklearn", "scikit-learn", "modelling"),
    ("kubernetes", "Kubernetes", "infrastructure"),
    ("docker", "Docker", "infrastructure"),
    ("spark", "Spark", "data engineering"),
    ("sql", "SQL", "analytics"),
    ("react", "React", "frontend"),
    ("statistics", "Statistics", "research and maths"),
    ("mlflow", "MLflow", "ML serving"),
)

VACANCY_SKILL = """
INSERT INTO s.vacancy_skill BY NAME
SELECT vacancy_id, skill_id FROM (
  SELECT v.vacancy_id, k.skill_id FROM s.vacancy v, s.skill k
  WHERE hash(v.vacancy_id || k.skill_id) % 100 < CASE
    WHEN k.category IN ('modelling', 'ML serving', 'research and maths') THEN CASE WHEN v.asks_ml THEN 45 ELSE 3 END
    WHEN k.category IN ('frontend', 'infrastructure') THEN CASE WHEN v.role = 'software_engineer' THEN 40 ELSE 15 END
    ELSE 30 END
) ORDER BY ALL
"""

RARE_SKILL = """
INSERT INTO s.vacancy_skill BY NAME
SELECT DISTINCT v.vacancy_id, 'rare-' || lpad(floor($skills * (hash(v.vacancy_id || k.k) % 1000 / 1000.0) ** 3)::INT::VARCHAR, 3, '0') AS skill_id
FROM s.vacancy v, range(2) k(k) WHERE hash(v.vacancy_id) % 2 = k.k OR k.k = 0
"""
"""One or two more skills a vacancy, of which few are asked often and most hardly ever."""

ROLE_ROWS = (
    ("ml_engineer", "ML engineer", "DS/MLE", "modelling", "15-2051"),
    ("data_scientist", "Data scientist", "DS/MLE", "modelling", "15-2051"),
    ("research_scientist", "Research scientist", "DS/MLE", "modelling", "15-1221"),
    ("data_engineer", "Data engineer", "rest", "data engineering", "15-1243"),
    ("data_analyst", "Data analyst", "rest", "analytics", "15-2051"),
    ("software_engineer", "Software engineer", "SWE", None, "15-1252"),
    ("data_leader", "Data leader", "rest", None, "11-3021"),
    ("other", "Other", "rest", None, None),
)

ESSAYS = {
    "A": "The Problem With Machine Learning And Data Science Jobs, Jinay Shah, 2020",
    "B": "Why I Quit Data Science",
    "B3": "Dos and Don'ts for ML Hiring",
}

# slug, essay, statement, unit, threshold_low, threshold_high, verdict, value, low, high, n_vacancies, n_employers, specifications, agreeing
CLAIMS = (
    ("few_openings", "A", "Openings for data scientists and ML engineers are few against those for software engineers.", "ratio", None, 0.20,
     "contradicted", 0.25, 0.22, 0.29, 4400, 296, 12, 11),
    ("most_teams_have_none", "A", "For every company that hires for ML, several hire software engineers and no one for ML.", "share", 0.75, None,
     "inconclusive", 0.74, 0.69, 0.79, 3600, 280, 10, 6),
    ("merging_requirements", "A", "Requirements for ML work are turning into those for software work.", "share per year", 0.0, None,
     "supported", 0.052, 0.041, 0.063, 900, 210, 8, 8),
    ("same_pay", "A", "Both jobs pay about the same.", "ratio", 0.9, 1.1, "supported", 1.01, 0.97, 1.06, 1500, 190, 9, 7),
    ("time_to_close", "B3", "In India an opening takes two months to fill early in a career, three in mid-career, six for seniors.", "days", 45.0, 75.0,
     "contradicted", 33.0, 29.0, 38.0, 610, 88, 6, 5),
    ("phd_competition", "B", "At big companies one competes with PhDs.", "share", 0.5, None, "too_few", None, None, None, 21, 6, 0, 0),
    ("interviews_defined", "A", "Interviews for software engineers are better defined.", None, None, None, "not_testable", None, None, None, 0, 0, 0, 0),
)  # fmt: skip

FINDINGS = {
    "few_openings": "There are 25 openings for data scientists and ML engineers for every 100 for software engineers",
    "most_teams_have_none": "74% of employers that hire software engineers hire no one for ML, too close to 75% to call",
    "merging_requirements": "The share of ML vacancies that ask for software practice rises by 5.2 points a year",
    "same_pay": "ML engineers are paid 1.01 times what software engineers are, within 10% of equal",
    "time_to_close": "Half of the early-career openings in India close within 33 days, sooner than the essay says",
    "phd_competition": "Too few vacancies of large employers to say",
    "interviews_defined": "Postings do not describe interviews",
}

SPECIFICATIONS = (
    ("strict", "on", "vacancy", "all", "all", "all"),
    ("broad", "off", "vacancy", "all", "all", "all"),
    ("broad", "on", "employer", "all", "all", "all"),
    ("broad", "on", "vacancy", "hn", "all", "all"),
    ("broad", "on", "vacancy", "all", "US", "all"),
    ("broad", "on", "vacancy", "all", "India", "all"),
    ("broad", "on", "vacancy", "all", "all", "2024"),
)


def _estimates(claim: tuple) -> list[dict]:
    slug, _, _, unit, _, _, verdict, value, low, high, n_vacancies, n_employers, _, _ = claim
    if unit is None:
        return []
    headline = dict(
        claim_slug=slug, measure="headline", measure_label="The judged measure", specification="headline", role_definition="broad", dedup="on",
        weighting="vacancy", source_set="all", region="all", period="all", pay_tier="all", group_kind="all", group_value="all", value=value,
        low=low, high=high, confidence=0.95, value_uncorrected=None if value is None else value * 1.02, unit=unit, n_vacancies=n_vacancies,
        n_employers=n_employers, n_unknown=17, is_shown=value is not None, verdict=verdict, note=None,
    )  # fmt: skip
    if value is None:
        return [headline]
    rows = [headline]
    for k, (definition, dedup, weighting, source, region, period) in enumerate(SPECIFICATIONS):
        shift = (k - 3) * (high - low) / 6
        rows.append(
            headline
            | dict(specification=f"{definition}-{dedup}-{weighting}-{source}-{region}-{period}", role_definition=definition, dedup=dedup,
                   weighting=weighting, source_set=source, region=region, period=period, value=value + shift, low=low + shift, high=high + shift,
                   n_vacancies=n_vacancies // 2, n_employers=n_employers // 2, verdict=verdict if k != 5 else "inconclusive")
        )  # fmt: skip
    groups = [("market", m) for m in ("US", "India", "Singapore", "Europe", "other")]
    groups += [("size_class", s) for s in ("small", "medium", "large")]
    groups += [("year", str(y)) for y in range(2019, 2027)] + [
        ("source", s) for s in ("hn", "ashby", "greenhouse", "lever")
    ]
    for k, (kind, group) in enumerate(groups):
        few = group in ("Singapore", "2019")
        shift = (k % 5 - 2) * (high - low) / 3
        rows.append(
            headline
            | dict(group_kind=kind, group_value=group, value=None if few else value + shift, low=None if few else low + shift - 0.1 * (high - low),
                   high=None if few else high + shift, n_vacancies=12 if few else n_vacancies // 6, n_employers=5 if few else n_employers // 4,
                   is_shown=not few, verdict="too_few" if few else verdict, note=None)
        )  # fmt: skip
    rows.append(
        headline
        | dict(
            measure="per_employer",
            measure_label="Each employer counted alike",
            value=value * 0.95,
            low=low * 0.9,
            high=high,
        )
    )
    return rows


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict]) -> None:
    for row in rows:
        names = ", ".join(f'"{name}"' for name in row)
        con.execute(
            f"INSERT INTO s.{table} ({names}) VALUES ({', '.join('?' for _ in row)})", list(row.values())
        ).complete()


def _claim_rows(turned: dict[str, str]) -> tuple[list[dict], list[dict], list[dict]]:
    claims, verdicts, estimates = [], [], []
    for position, claim in enumerate(CLAIMS):
        (
            slug,
            essay,
            statement,
            unit,
            threshold_low,
            threshold_high,
            verdict,
            value,
            low,
            high,
            n,
            k,
            specs,
            agreeing,
        ) = claim
        verdict = turned.get(slug, verdict)
        claims.append(
            dict(claim_slug=slug, essay=essay, essay_title=ESSAYS[essay], statement=statement, question=statement.rstrip(".") + "?",
                 estimate_description="What is counted, in words.", unit=unit, rule="The whole interval against the threshold.",
                 threshold_low=threshold_low, threshold_high=threshold_high, n_further_parts=0 if unit else None, finding_templates=json.dumps({verdict: FINDINGS[slug]}),
                 chart=json.dumps({"kind": "interval"}), method="Counted per employer, resampled a thousand times.",
                 sql="SELECT role, count(*) AS n_vacancies FROM vacancy GROUP BY role ORDER BY role" if unit else None,
                 caveats=["Only what is posted is seen."], fields=["role", "degree_min"] if unit else [],
                 would_change="An interval wholly on the other side of the threshold." if unit else None,
                 not_testable_reason=None if unit else "Postings do not describe interviews.", position=position)
        )  # fmt: skip
        verdicts.append(
            dict(claim_slug=slug, verdict=verdict, reason="The interval lies where the rule says.", finding=FINDINGS[slug], value=value, low=low,
                 high=high, unit=unit, p_value=0.01, p_value_holm=0.04, n_vacancies=n, n_employers=k, n_specifications=specs, n_agreeing=agreeing,
                 data_from_on="2018-11-01", data_to_on="2026-10-29", sources=["hn", "ashby", "greenhouse", "lever"])
        )  # fmt: skip
        estimates += _estimates(claim)
    return claims, verdicts, estimates


def build_snapshot(
    path: Path,
    *,
    n_vacancies: int = N_VACANCIES,
    n_employers: int = N_EMPLOYERS,
    n_rare_skills: int = 0,
    created: str = "2026-10-30T06:00:00",
    verdicts: dict[str, str] | None = None,
) -> Path:
    """Write an invented snapshot to `path` and return it; the same arguments give the same rows.

    `verdicts` turns the verdict of the claims it names.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute(f"ATTACH '{path}' AS s (STORAGE_VERSION 'v1.2.0')").complete()
    for table in TABLES:
        columns = ", ".join(
            f'"{column.name}" {column.type}{"" if column.is_nullable else " NOT NULL"}' for column in table.columns
        )
        con.execute(f"CREATE TABLE s.{table.name} ({columns})").complete()
    con.execute(VACANCY, {"vacancies": n_vacancies, "employers": n_employers}).complete()
    for skill_id, name, category in SKILLS:
        _insert(con, "skill", [dict(skill_id=skill_id, name=name, category=category, aliases=[], is_ambiguous=False)])
    con.execute(VACANCY_SKILL).complete()
    if n_rare_skills:
        con.execute(
            "INSERT INTO s.skill BY NAME SELECT 'rare-' || lpad(k::VARCHAR, 3, '0') AS skill_id, 'Rare skill ' || k AS name, 'rare' AS category,"
            " []::VARCHAR[] AS aliases, false AS is_ambiguous FROM range($skills) r(k)",
            {"skills": n_rare_skills},
        ).complete()
        con.execute(RARE_SKILL, {"skills": n_rare_skills}).complete()
    con.execute(
        "INSERT INTO s.vacancy_text BY NAME SELECT vacancy_id, 'Invented text of ' || title || '. <script>alert(1)</script>' AS text,"
        " md5(vacancy_id) AS text_hash FROM s.vacancy WHERE provenance = 'crawl' ORDER BY vacancy_id LIMIT 20000"
    ).complete()
    con.execute(
        "INSERT INTO s.employer BY NAME SELECT employer_id, any_value(employer_name) AS employer_name, NULL AS domain,"
        " CASE substr(employer_id, 10)::INT % 4 WHEN 0 THEN 'small' WHEN 1 THEN 'medium' WHEN 2 THEN 'large' END AS size_class,"
        " 'an invented register' AS size_source, DATE '2026-03-01' AS size_as_of_on, count(*)::INT AS n_vacancies FROM s.vacancy"
        " GROUP BY employer_id ORDER BY employer_id"
    ).complete()
    _insert(
        con, "role",
        [dict(role=role, label=label, essay_group=group, data_function=function, soc_2018=soc, definition=f"Does the work of a {label.lower()}.")
         for role, label, group, function, soc in ROLE_ROWS],
    )  # fmt: skip
    con.execute(
        "INSERT INTO s.supply_month BY NAME SELECT 'hn' AS source, m.month::DATE AS month_on, r.role, (20 + hash(m.month::VARCHAR || r.role) % 80)::INT AS"
        " n_seekers FROM generate_series(DATE '2018-11-01', DATE '2026-10-01', INTERVAL 1 MONTH) m(month), s.role r ORDER BY 1, 2, 3"
    ).complete()
    claims, verdict_rows, estimates = _claim_rows(verdicts or {})
    _insert(con, "claim", claims)
    _insert(con, "verdict", verdict_rows)
    _insert(con, "estimate", estimates)
    _insert(
        con, "benchmark",
        [dict(series="bls_oews", title="Employed in the US", publisher="Bureau of Labor Statistics", licence="public domain", period_on="2025-05-01",
              place="US", grouping=occupation, value=value, unit="people", n=None, claim_slugs=["few_openings"],
              difference="Counts people at work, not openings.")
         for occupation, value in (("Data scientists", 262440.0), ("Software developers", 1687890.0))],
    )  # fmt: skip
    _insert(
        con, "quality",
        [dict({"class": "all"}, field=field, label_set="dev", metric=metric, value=value, low=value - 0.03, high=value + 0.02, n_labelled=400, is_unseen=True)
         for field, metric, value in (("role", "macro_f1", 0.94), ("degree_min", "accuracy", 0.95), ("level", "accuracy", 0.91))],
    )  # fmt: skip
    con.execute(
        "INSERT INTO s.coverage BY NAME SELECT source, month_on, 'boards' AS subject, 40 AS n, 38 AS n_known, 0.95 AS known_share FROM"
        " (VALUES ('hn'), ('ashby'), ('greenhouse'), ('lever')) v(source), generate_series(DATE '2026-01-01', DATE '2026-10-01', INTERVAL 1 MONTH) m(month_on)"
        " UNION ALL SELECT source, date_trunc('month', first_seen_at)::DATE, 'degree_min', count(*)::INT, count(degree_min)::INT, count(degree_min) / count(*)"
        " FROM s.vacancy WHERE first_seen_at >= TIMESTAMP '2026-01-01' GROUP BY ALL ORDER BY ALL"
    ).complete()
    _insert(
        con, "crawl_log",
        [dict(crawl_id="crawl-1", source=source, board=f"board-{k}", company=f"Nordlicht {k}", asked_at="2026-10-29 05:00:00",
              answered_at="2026-10-29 05:00:03", status=status, outcome=outcome, reason=reason, postings=12, quarantined=0, pages=1, bytes=40000,
              is_truncated=False, is_sample=False)
         for k, (source, status, outcome, reason) in enumerate(
             [("ashby", 200, "complete", None), ("ashby", 503, "failed", "server error 503 three times"), ("lever", 304, "unchanged", None),
              ("greenhouse", None, "refused", "robots.txt forbids it")])],
    )  # fmt: skip
    _insert(
        con, "change_log",
        [dict(changed_at="2023-06-01 00:00:00", kind="source_added", subject="lever", breaks_comparability=True, detail="Lever boards are read from here on."),
         dict(changed_at="2026-10-01 00:00:00", kind="parser_version", subject="role", breaks_comparability=False, detail="Role rules, version 2.")],
    )  # fmt: skip
    _insert(
        con, "snapshot_info",
        [dict(key=key, value=value) for key, value in
         {"created_at": created, "rolemarket_version": "0.1.0", "n_vacancies": str(n_vacancies)}.items()],
    )  # fmt: skip
    _insert(
        con, "data_dictionary",
        [dict(table_name=table.name, column_name="", position=0, is_nullable=False, comment=table.comment) for table in TABLES]
        + [dict(table_name=table.name, column_name=column.name, position=k, data_type=column.type, unit=column.unit, values=list(column.values),
                is_nullable=column.is_nullable, comment=column.comment)
           for table in TABLES for k, column in enumerate(table.columns, 1)],
    )  # fmt: skip
    con.close()
    return path


def publish(data: Path, name: str = "market-1.duckdb", **options) -> Path:
    """Build a snapshot below `data` the way the warehouse publishes one, and return its resolved path."""
    path = build_snapshot(data / "snapshots" / name, **options)
    link = data / "market.duckdb"
    fresh = data / f".{name}.link"
    fresh.symlink_to(Path("snapshots") / name)
    os.replace(fresh, link)
    return path.resolve()
