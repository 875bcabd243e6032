"""Explore: filter vacancies, read one, download them, or ask the file a question of one's own."""

import streamlit as st

from dashboard import claim_parts, snapshot, topic_page, wording
from dashboard.tables import show_table
from dashboard.topics import explore
from dashboard.wording import markdown_safe

scope = topic_page.opened(
    "Explore", "Filter the vacancies, read one, download them, or ask the file a question of your own."
)
with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
    role = st.selectbox(
        "Role", explore.ROLE_CHOICES, format_func=wording.name, key="role", bind="query-params", width=220
    )
    title = st.text_input("Title or employer contains", key="contains", bind="query-params", width=300, max_chars=80)
    with_sample = st.toggle(
        "Show sample vacancies",
        key="sample",
        bind="query-params",
        help="Invented vacancies of the demo's sample boards; their provenance says so.",
    )
question = explore.listing(scope, role, with_sample=with_sample)
n = explore.n_found(scope, role, title or "", with_sample=with_sample)
page = st.pagination(max(1, -(-min(n, explore.DEEPEST) // explore.PER_PAGE)), key="page") if n > explore.PER_PAGE else 1
table = snapshot.ask(scope.path, question, contains=title or "", start=(page - 1) * explore.PER_PAGE)
show_table(
    f"{wording.plural(n, 'vacancy', 'vacancies')} in this view",
    table.drop("vacancy_id"),
    key="vacancies",
    caption=f"{explore.PER_PAGE} at a time, newest first, up to {wording.count(explore.DEEPEST)}. The download holds the rows shown; export the whole with “rolemarket export”.",
    columns=explore.COLUMNS,
    empty="No vacancy fits; take a filter away to see more.",
)

if table.height:
    st.subheader("Read one", anchor="read-one")
    labels = {
        row["vacancy_id"]: f"{row['title'] or 'No title'} · {row['employer_name'] or 'no employer'}"
        for row in table.iter_rows(named=True)
    }
    chosen = st.selectbox(
        "Vacancy", list(labels), format_func=lambda vacancy: labels.get(vacancy, vacancy), key="vacancy"
    )
    text = snapshot.row(scope.path, "SELECT text FROM vacancy_text WHERE vacancy_id = $id", id=chosen).get("text")
    facts = snapshot.row(scope.path, explore.ONE, id=chosen)
    st.html(explore.facts_html(facts))
    if text:
        with st.container(border=True, height=360):
            st.text(text)
    else:
        st.caption("No text is kept of this vacancy: it came as facts only.")

st.header("Ask the file", anchor="ask")
st.caption(markdown_safe(explore.ASK_WORDS))
sql = st.text_area("SQL", explore.EXAMPLE, key="ask_sql", height="content")
if st.button("Run the query", icon=":material/play_arrow:", key="ask_run"):
    claim_parts.show_answer(scope.path, sql, "answer")
