"""The claims' page says what the claims say, and is not stale."""

from __future__ import annotations

from pathlib import Path

from warehouse.claims import load_claims
from warehouse.judge import CLAIMS_MD, claims_markdown, main
from warehouse.quality.labels import RANDOM_BOARDS, RANDOM_NETWORK
from warehouse.quality.measuring import role_confusion

METHODS = Path(CLAIMS_MD).with_name("methods.md")


def test_page_is_fresh() -> None:
    assert main(["--docs", "--check"]) == 0, "run `python -m warehouse.judge --docs`"


def test_page_holds_every_claim_with_its_rule() -> None:
    page = claims_markdown(load_claims())
    for claim in load_claims():
        assert f"### `{claim.slug}`" in page
        assert (claim.rule or claim.not_testable_reason) in page


def test_stale_page_is_told(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("warehouse.judge.CLAIMS_MD", tmp_path / "claims.md")
    assert main(["--docs", "--check"]) == 1
    assert "is stale" in capsys.readouterr().out
    assert main(["--docs"]) == 0
    assert main(["--docs", "--check"]) == 0


def test_methods_say_how_many_labels_correct_the_roles() -> None:
    boards, network = (len(path.read_text("utf-8").splitlines()) for path in (RANDOM_BOARDS, RANDOM_NETWORK))
    labelled = role_confusion()
    assert f"({boards} of the recorded boards, {network} of the venture network's titles" in METHODS.read_text("utf-8")
    assert labelled is not None
    assert labelled["n"].sum() == boards + network


def test_methods_have_a_reference_each() -> None:
    sections = METHODS.read_text("utf-8").split("\n## ")[1:]
    assert len(sections) >= 15
    for section in sections:
        assert "*Reference:*" in section, section.splitlines()[0]
