"""Moving from software engineer to ML engineer is easier than the reverse."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import ML_ENGINEER, SOFTWARE
from warehouse.evidence.shares import Part, Shares, difference
from warehouse.statistics.decisions import Region

CORE = """
SELECT a.vacancy_id, avg((c.skill_id IS NOT NULL)::INTEGER) AS share_in_other_core
FROM (SELECT vacancy_id, role, skill_id FROM {table} JOIN vacancy_skill USING (vacancy_id) WHERE role IN ('ml_engineer', 'software_engineer')) a
LEFT JOIN (
  SELECT role, skill_id FROM {table} JOIN vacancy_skill USING (vacancy_id) WHERE role IN ('ml_engineer', 'software_engineer')
  GROUP BY role, skill_id QUALIFY row_number() OVER (PARTITION BY role ORDER BY count(*) DESC, skill_id) <= 30
) c ON c.skill_id = a.skill_id AND c.role <> a.role
GROUP BY a.vacancy_id
"""

CLAIM = Claim(
    essay="A",
    position=105,
    statement="Moving from software engineer to ML engineer is easier than the reverse.",
    question="Is it easier to move from software to ML than back?",
    estimate=Shares(
        label="Mean share of the skills an ML engineer posting asks that software engineers are asked too, less the reverse",
        unit="share difference",
        parts=(Part("share_in_other_core", ML_ENGINEER), Part("share_in_other_core", SOFTWARE)),
        combine=difference,
        joined=CORE,
    ),
    region=Region(low=0.0),
    chart=Chart(axis="Skills covered by the other role's core, ML less software"),
    findings={
        "supported": "A software engineer brings {by} more of the skills that ML postings ask than an ML engineer brings of those that software postings ask ({low} to {high})",
        "contradicted": "A software engineer brings less of what ML postings ask than an ML engineer brings of what software postings ask: {value} ({low} to {high})",
        "inconclusive": "The two cores differ by {value} in how much they cover of what the other role is asked ({low} to {high}): no clear direction",
    },
    method="A role's core is its 30 skills asked most often, of equal number so that neither has the wider net; it is held fixed in the bootstrap.",
    caveats=(
        "Sharing a skill's name is not mastering it, and the hardest part of a switch may be the one skill that is missing.",
        "Every skill counts alike: Python as much as a niche tool.",
        "Vacancies in which no skill was recognised are left out.",
    ),
    fields=("role",),
    would_change="Careers followed person by person in both directions.",
)
