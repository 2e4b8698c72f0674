import pytest

from countervail.errors import UserError
from countervail.scenario import list_scenarios, load_scenario

SHIPPED = {
    "current-law", "status-quo", "article", "h200-relaxed", "full-denial", "open-trade", "mandate",
    "self-reliance", "bifurcation", "detente", "no-controls",
}  # fmt: skip


def write(tmp_path, text, name="mine.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_all_shipped_scenarios_are_listed_the_baseline_first():
    rows = list_scenarios()
    assert rows[0].id == "status-quo"
    assert {r.id for r in rows} == SHIPPED
    for row in rows:
        assert row.title and row.summary
        assert load_scenario(row.id).id == row.id
        assert load_scenario(row.id).sources, row.id


def test_sources_of_scenarios_are_measures_of_the_evidence():
    from countervail.evidence import load

    known = load().measures
    for row in list_scenarios():
        loaded = load_scenario(row.id)
        named = {*loaded.sources, *(s for c in loaded.changes for s in c.sources)}
        assert not named - set(known), row.id


def test_a_file_inherits_and_overrides(tmp_path):
    path = write(
        tmp_path,
        """
        id: mine
        title: Mine
        base: mandate
        levers: {cn_cloud_domestic_share: {2028Q1: 0.9}}
        assumptions: {fabrication.learning_rate: {dist: lognormal, p5: 0.1, p50: 0.2, p95: 0.3}}
        """,
    )
    loaded = load_scenario(path)
    assert loaded.renewed  # from status-quo
    assert [id for id, _ in loaded.levers].count("cn_cloud_domestic_share") == 2
    assert "fabrication.learning_rate" in loaded.assumptions
    assert loaded.layers[-1] == str(path)


def test_a_file_may_build_on_another_file_beside_it(tmp_path):
    write(tmp_path, "{id: base, title: B, base: status-quo, reactions: true}", "base.yaml")
    path = write(tmp_path, "{id: top, title: T, base: base.yaml}")
    assert load_scenario(path).reactions == 20


def test_on_is_a_key_although_yaml_reads_it_as_true(tmp_path):
    path = write(
        tmp_path,
        "id: x\ntitle: X\nbase: current-law\nmeasures:\n  - end: us-2025-04-h20-letters\n    on: 2025Q3\n",
    )
    (change,) = load_scenario(path).changes
    assert (change.kind, change.start) == ("end", 14)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("levers: {us_exprt_fee: 0.2}", "unknown lever 'us_exprt_fee'"),
        ("levers: {us_export_fee: 3}", "beyond its range"),
        ("levers: {us_export_fee: .nan}", "not a finite number"),
        ("levers: {us_export_fee: {2027: 0.2}}", "is not a quarter"),
        ("levers: {us_export_fee: {2060Q1: 0.2}}", "outside 2022Q1 to 2040Q4"),
        ("levers: [us_export_fee]", "levers is not a mapping"),
        ("lever: {us_export_fee: 0.2}", "unknown field 'lever'"),
        ("base: status-quoo", "unknown scenario 'status-quoo'"),
        ("measures: {use: x}", "measures is not a list"),
        ("measures: [{use: us-2026-01-h200-rule, end: y}]", "one of use, end, id"),
        ("measures: [{use: us-2026-01-h200-rule, probability: 1.5}]", "not from 0 to 1"),
        ("measures: [{use: us-2026-01-h200-rule, from: 2028Q1, to: 2027Q1}]", "2028Q1 is after 2027Q1"),
        ("measures: [{use: us-2026-01-h200-rule, form: 2028Q1}]", "unknown field of a measure 'form'"),
        ("as_of: someday", "not a valid date"),
        ("expiries: never", "expiries is 'never'"),
        ("reactions: maybe", "reactions: 'maybe' is not a quarter"),
    ],
)
def test_a_bad_file_is_said_in_one_sentence_with_its_place(tmp_path, body, message):
    path = write(tmp_path, f"id: bad\ntitle: Bad\n{body}\n")
    with pytest.raises(UserError) as caught:
        load_scenario(path)
    assert message in caught.value.message
    assert "mine.yaml" in caught.value.message


def test_missing_title_bad_id_folder_and_missing_file(tmp_path):
    with pytest.raises(UserError, match="'title' is missing"):
        load_scenario(write(tmp_path, "id: x"))
    with pytest.raises(UserError, match="not a plain name"):
        load_scenario(write(tmp_path, "{id: A B, title: X}"))
    with pytest.raises(UserError, match="does not exist"):
        load_scenario(tmp_path / "none.yaml")
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(UserError, match="is a folder"):
        load_scenario(tmp_path / "folder.yaml")
    with pytest.raises(UserError, match="a scenario is a mapping"):
        load_scenario(write(tmp_path, "- 1"))
    with pytest.raises(UserError) as caught:
        load_scenario("full-denail")
    assert "full-denial" in caught.value.hint


def test_inheritance_in_a_circle_is_refused(tmp_path):
    write(tmp_path, "{id: a, title: A, base: b.yaml}", "a.yaml")
    path = write(tmp_path, "{id: b, title: B, base: a.yaml}", "b.yaml")
    with pytest.raises(UserError, match="inherits from itself"):
        load_scenario(path)


def test_a_yaml_bomb_is_refused(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(UserError, match="expands to more than"):
        load_scenario(write(tmp_path, "\n".join(lines)))
