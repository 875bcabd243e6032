"""What the data are: where they come from, how well they are read, which boards answered, what changed, what each column means."""

import streamlit as st

from dashboard import figures, snapshot, trust, wording
from dashboard.claim_parts import QUALITY_COLUMNS, in_percent
from dashboard.frame import here, provenance_sentence
from dashboard.tables import counts, show_table
from dashboard.wording import markdown_safe

path = here()
st.title("What the data are, and how far to trust them", anchor=False)
st.markdown(markdown_safe(provenance_sentence(snapshot.provenance(path))), width=740)

show_table(
    "Vacancies by source",
    snapshot.ask(path, trust.BY_SOURCE),
    key="by_source",
    caption="Sources are never pooled silently: each chart names those it uses. Rows of provenance “sample” stay out of every estimate.",
    columns=counts("n_vacancies", "n_employers", "n_boards"),
)

for figure in (trust.quality_figure(path), trust.known_figure(path)):
    if figure is not None:
        figures.show(figure)

show_table(
    "Quality, by class",
    in_percent(snapshot.ask(path, trust.QUALITY)),
    key="quality_classes",
    caption="How well each field is extracted, measured against labels made by reading.",
    columns=QUALITY_COLUMNS | {"class": "Class"},
    empty="This snapshot carries no measurement of quality.",
)

health = snapshot.rows(path, trust.HEALTH)
show_table(
    "Crawl health",
    snapshot.ask(path, trust.HEALTH),
    key="health",
    caption=trust.health_sentence(health) if health else "",
    columns=counts("asked", "answered", "failed", "postings", "quarantined"),
    empty=trust.health_sentence(health),
)
if health:
    show_table(
        "What was not read, and why",
        snapshot.ask(path, trust.FAILURES),
        key="failures",
        caption="The latest 500; a board that did not answer is no evidence that its vacancies closed.",
        empty="Every board that was asked answered.",
    )
    show_table(
        "Boards complete, by source and month",
        snapshot.ask(path, trust.BOARDS),
        key="boards",
        columns={
            "known_share": st.column_config.ProgressColumn("Share complete", min_value=0, max_value=1, format="percent")
        },
        empty="No month of a crawl is complete yet.",
    )
show_table(
    "Changes of the instrument",
    snapshot.ask(path, trust.CHANGES),
    key="changes",
    caption="Charts and trends are not drawn across a change that breaks comparability.",
    empty="The instrument has not changed.",
)

st.header("Data dictionary", anchor="dictionary")
tables = {row["table_name"]: row["comment"] for row in snapshot.rows(path, "SELECT * FROM data_dictionary WHERE position = 0 ORDER BY table_name")}  # fmt: skip
if tables:
    name = st.selectbox("Table", list(tables), key="table", bind="query-params", width=320)
    name = name if name in tables else next(iter(tables))
    show_table(
        f"Columns of {wording.name(name).lower()}",
        snapshot.ask(path, trust.DICTIONARY, table=name),
        key="dictionary_columns",
        caption=tables[name],
    )
