"""What a reader narrows the view to: kept in the URL, said as a sentence, turned into SQL over `vacancy` or into one row of `estimate`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from dashboard import snapshot, wording
from warehouse.schema.tables import DS_MLE, LEVELS, MARKETS, SIZE_CLASSES

ALL = "all"
LABELS = {
    "market": "Market",
    "source": "Source",
    "period": "Period",
    "definition": "Role definition",
    "size": "Employer size",
    "level": "Level",
}
EVERY = {
    "market": "all markets",
    "source": "all sources",
    "period": "all years",
    "definition": "the broad role definition",
    "size": "employers of every size",
    "level": "all levels",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """One value for each filter; "all" narrows nothing."""

    market: str = ALL
    source: str = ALL
    period: str = ALL
    definition: str = "broad"
    size: str = ALL
    level: str = ALL

    def chosen(self) -> dict[str, str]:
        """Return the filters that narrow the view."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) != f.default}

    def query(self) -> str:
        """Return the narrowing as the query string of a link, as `bar` reads it back; empty where nothing is narrowed."""
        chosen = "&".join(f"{key}={quote(option_label(key, value))}" for key, value in self.chosen().items())
        return f"?{chosen}" if chosen else ""

    @property
    def role_column(self) -> str:
        """The column of `vacancy` that the role definition reads."""
        return "role_strict" if self.definition == "strict" else "role"

    def where(self, *leave_out: str, with_sample: bool = False) -> str:
        """Return the condition on `vacancy v`; filters named in `leave_out` do not narrow, sample vacancies stay out.

        Every value is one of a closed list or checked against the snapshot, and quoted.
        """
        parts = ["true" if with_sample else "v.provenance <> 'sample'"]
        for key, value in self.chosen().items():
            if key in leave_out:
                continue
            quoted = "'" + value.replace("'", "''") + "'"
            if key == "period":
                parts.append(f"year(coalesce(v.posted_at, v.first_seen_at)) = {int(value)}")
            elif key == "size":
                parts.append(f"v.employer_id IN (SELECT employer_id FROM employer WHERE size_class = {quoted})")
            elif key != "definition":
                parts.append(f"v.{key} = {quoted}")
        return " AND ".join(parts)

    def sentence(self, *leave_out: str) -> str:
        """Return what is shown, in words: "Showing US, 2024, the strict role definition, all sources, …"."""
        chosen = {key: value for key, value in self.chosen().items() if key not in leave_out}
        said = [_said(key, value) for key, value in chosen.items()]
        rest = [EVERY[key] for key in LABELS if key not in chosen and key not in leave_out]
        shown = wording.listed([*said, *rest])
        ignored = [LABELS[key].lower() for key in self.chosen() if key in leave_out]
        tail = f" The filter on {wording.listed(ignored)} does not apply here." if ignored else ""
        return f"Showing {shown}.{tail}"


def _said(key: str, value: str) -> str:
    match key:
        case "definition":
            return "the strict role definition (the title alone names the role)"
        case "size":
            return f"{value} employers"
        case "level":
            return f"{wording.name(value)} level".replace("level level", "level")
        case "source":
            return f"source {wording.name(value)}"
        case "market":
            return "other markets" if value == "other" else value
    return value


def options(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the values each filter can take in this snapshot."""
    found = snapshot.row(
        path,
        "SELECT list_sort(list(DISTINCT source)) AS sources,"
        " list_sort(list(DISTINCT year(coalesce(posted_at, first_seen_at)))) AS years FROM vacancy"
        " WHERE provenance <> 'sample'",
    )
    return {
        "market": (ALL, *MARKETS),
        "source": (ALL, *(found["sources"] or [])),
        "period": (ALL, *(str(year) for year in reversed(found["years"] or []))),
        "definition": ("broad", "strict"),
        "size": (ALL, *SIZE_CLASSES),
        "level": (ALL, *LEVELS),
    }


def option_label(key: str, value: str) -> str:
    """Return a filter's value as the control and the URL name it."""
    if value == ALL:
        return "All"
    return "Other markets" if (key, value) == ("market", "other") else wording.name(value)


def bar(path: Path, *names: str) -> Filters:
    """Draw the named filters (all where none is named), bound to the URL, and return what the URL holds.

    A filter that a page does not draw keeps its place in the URL and does not narrow that page.
    """
    allowed = options(path)
    kept: dict[str, str] = st.session_state.setdefault("kept_filters", {})
    is_new_page = st.session_state.get("filters_drawn_on") != st.session_state.get("slug")
    st.session_state["filters_drawn_on"] = st.session_state.get("slug")
    chosen: dict[str, str] = {}
    with st.container(horizontal=True, gap="small", key="filters"):
        for key in names or tuple(LABELS):
            if is_new_page and key not in st.query_params and kept.get(key) in allowed[key]:
                st.session_state[key] = kept[key]  # Streamlit empties the URL on a change of page; the choice stays
            value = st.selectbox(
                LABELS[key],
                allowed[key],
                key=key,
                bind="query-params",
                format_func=lambda value, key=key: option_label(key, value),
                width=150,
            )
            chosen[key] = kept[key] = value if value in allowed[key] else allowed[key][0]
    return Filters(**chosen)


def roles_in(group: str) -> str:
    """Return the roles of an essay's group as an SQL list: "DS/MLE" or "SWE"."""
    roles = DS_MLE if group == "DS/MLE" else ("software_engineer",)
    return "(" + ", ".join(f"'{role}'" for role in roles) + ")"
