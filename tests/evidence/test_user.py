"""A user's own folder: added in the same schema, refused with file, line and field."""

from datetime import date
from pathlib import Path

import pytest

from countervail.errors import UserError
from countervail.evidence import load
from countervail.evidence.validate import validate

CHIPS = (
    "id,name,designer,designer_country,release_quarter,die_area_mm2,fp16_tflops_dense,fp8_or_int8_tops_dense,"
    "memory_type,memory_gb,memory_bandwidth_gb_s,interconnect_gb_s,tpp,for_market,status,confidence,sources,notes\n"
)
CHIP = "my-chip,My Chip,Mine,CN,2026Q2,800,500,1000,HBM3,96,3000,600,8000,domestic,announced,low,{},\n"
HISTORY = "series_id,period,region_or_actor,value,low,high,unit,source_url,source_title,confidence,notes\n"
OBSERVATION = "my_series,2025Q4,China,{value},{low},{high},{unit},https://example.org/a,A page,medium,\n"
MEASURE = """measures:
- id: cn-mine-2026
  name: A measure of mine
  issuing_body: MIIT
  dates: {announced: 2026-02-01, effective: 2026-03-01}
  status: in force
  demand: {domestic_share_min: 0.7}
  mechanism: [domestic_share_mandate]
  sources:
  - {title: A page, publisher: Example, url: https://example.org/m, date: 2026-02}
  confidence: low
- id: us-mine-2026
  name: Another
  citation: 99 FR 1
  announced: 2026-04-01
  effective: 2026-04-02
  thresholds: {tpp_lt: 10000}
  review_policy: presumption_of_denial
  sources: [fr_2026_01]
  confidence: high
"""


def put(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def observation(value="5", low="4", high="6", unit="USD bn"):
    return HISTORY + OBSERVATION.format(value=value, low=low, high=high, unit=unit)


def test_rows_are_added_with_sources_made_from_addresses(tmp_path):
    folder = put(
        tmp_path,
        accelerators__csv=CHIPS + CHIP.format("https://example.org/chip"),
        history__csv=observation(),
        measures__yaml=MEASURE,
    )
    ev = load(data_dir=folder)
    assert len(ev.accelerators) == 115
    chip = ev.find_accelerator("My Chip")
    assert ev.sources[chip.sources[0]].url == "https://example.org/chip"
    assert chip.vendor == "CN other"
    added = [o for o in ev.history if o.series_id == "my_series"]
    assert added[0].actor == "China"
    assert added[0].known_since == date(2026, 3, 1)
    mine = ev.measures["cn-mine-2026"]
    assert (mine.actor, mine.effective, mine.mechanisms) == (
        "CN",
        date(2026, 3, 1),
        ["domestic_share_mandate"],
    )
    assert mine.details["demand"] == {"domestic_share_min": 0.7}
    assert ev.measures["us-mine-2026"].sources == ["fr_2026_01"]
    assert ev.measures["us-mine-2026"].details["thresholds"] == {"tpp_lt": 10000}
    assert validate(ev) == []
    assert ev.notices == []


def test_as_of_holds_for_own_rows(tmp_path):
    ev = load(as_of=date(2026, 1, 1), data_dir=put(tmp_path, measures__yaml=MEASURE))
    assert "cn-mine-2026" not in ev.measures


def test_an_id_that_exists_replaces_the_row_with_a_notice(tmp_path):
    row = CHIP.format("https://example.org/chip").replace("my-chip", "nvidia-h200-sxm")
    ev = load(data_dir=put(tmp_path, accelerators__csv=CHIPS + row))
    assert len(ev.accelerators) == 114
    assert ev.accelerators["nvidia-h200-sxm"].name == "My Chip"
    assert "nvidia-h200-sxm" in ev.notices[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (observation(unit="USD bnn"), "unit"),
        (observation(unit="gigaflops"), "unit"),
        (observation(value="lots"), "value"),
        (observation(value="nan"), "value"),
        (observation(low="7"), "value 5 is outside its range"),
        (observation(high="1"), "value 5 is outside its range"),
        (observation().replace("2025Q4", "2025Q5"), "period"),
        (observation().replace("medium", "certain"), "confidence"),
        (observation().replace("https://example.org/a", "nowhere"), "source"),
        (observation().replace("https://example.org/a", ""), "source_url is missing"),
        (observation().replace("China,5", "China"), "as many fields"),
    ],
)
def test_a_broken_history_row_is_refused_with_file_line_and_field(tmp_path, text, says):
    good = observation().splitlines()[1] + "\n"
    head, row = text.split("\n", 1)
    broken = head + "\n" + good + row
    with pytest.raises(UserError) as caught:
        load(data_dir=put(tmp_path, history__csv=broken)).history  # noqa: B018
    assert "history.csv, line 3" in caught.value.message
    assert says in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (",8000,", ",9000,", "tpp 9000 is not the largest"),
        (",3000,600", ",30000,600", "memory_bandwidth_gb_s 30000 is more than HBM3 gives"),
        (",3000,600", ",-3000,600", "memory_bandwidth_gb_s"),
        (",800,500", ",0.01,500", "die_area_mm2"),
        ("2026Q2", "2026-05", "release_quarter"),
        ("announced", "maybe", "status"),
        ("CN,", "China,", "designer_country"),
        ("my-chip", "my chip", "id"),
    ],
)
def test_a_broken_chip_is_refused_with_file_line_and_field(tmp_path, old, new, says):
    text = CHIPS + CHIP.format("https://example.org/c").replace(old, new, 1)
    with pytest.raises(UserError) as caught:
        load(data_dir=put(tmp_path, accelerators__csv=text)).accelerators  # noqa: B018
    assert "accelerators.csv, line 2" in caught.value.message
    assert says in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("announced: 2026-04-01", "announced: 2026-13-01", 15, "announced"),
        ("confidence: high", "confidence: sure", 20, "confidence"),
        ("sources: [fr_2026_01]", "sources: [no_such_key]", 19, "no_such_key"),
        ("  sources: [fr_2026_01]\n", "", 12, "sources is missing"),
        (
            "domestic_share_min: 0.7",
            "domestic_share_min: 70",
            7,
            "demand.domestic_share_min is 70, not a share",
        ),
        ("domestic_share_min: 0.7", "domestic_share_min: 70 %", 7, "demand.domestic_share_min"),
        ("tpp_lt: 10000", "tpp_lt: 10000 TOPS", 17, "thresholds.tpp_lt is '10000 TOPS'"),
        ("effective: 2026-04-02", "effective: 2026-04-02\n  ended: 2026-01-01", 17, "ended"),
    ],
)
def test_a_broken_measure_is_refused_with_file_line_and_field(tmp_path, old, new, line, says):
    text = MEASURE.replace(old, new)
    with pytest.raises(UserError) as caught:
        load(data_dir=put(tmp_path, measures__yaml=text)).measures  # noqa: B018
    assert f"measures.yaml, line {line}" in caught.value.message
    assert says in caught.value.message


def test_lines_are_counted_through_blank_and_multi_line_rows(tmp_path):
    head, good = observation().split("\n", 1)
    noted = good.rstrip("\n").removesuffix(",") + ',"two\nlines"\n'
    text = "\ufeff" + head + "\n\n" + noted + "\n" + good.replace("USD bn", "bananas")
    with pytest.raises(UserError, match=r"history.csv, line 6: unit: unknown unit 'bananas'"):
        load(data_dir=put(tmp_path, history__csv=text)).history  # noqa: B018


def test_the_same_id_twice_is_refused_with_both_lines(tmp_path):
    row = CHIP.format("https://example.org/c")
    with pytest.raises(UserError, match=r"line 3: my-chip is there twice, first in accelerators.csv, line 2"):
        load(data_dir=put(tmp_path, accelerators__csv=CHIPS + row + row)).accelerators  # noqa: B018


def test_an_unknown_column_is_refused_with_the_nearest_name(tmp_path):
    text = (CHIPS + CHIP.format("https://example.org/c")).replace("memory_gb,", "memory_gbs,", 1)
    with pytest.raises(UserError, match="unknown column 'memory_gbs'") as caught:
        load(data_dir=put(tmp_path, accelerators__csv=text)).accelerators  # noqa: B018
    assert "memory_gb" in caught.value.hint


def test_a_yaml_bomb_is_refused(tmp_path):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{i}: &a{i} [{', '.join(['*a' + str(i - 1)] * 10)}]\n" for i in range(1, 9))
    with pytest.raises(UserError, match="expands to more than"):
        load(data_dir=put(tmp_path, measures__yaml=bomb)).measures  # noqa: B018


def test_malformed_yaml_gives_the_line(tmp_path):
    with pytest.raises(UserError, match="measures.yaml, line 3: not valid YAML"):
        load(data_dir=put(tmp_path, measures__yaml="measures:\n- id: [\n")).measures  # noqa: B018


def test_folders_and_files_in_the_wrong_place(tmp_path):
    (tmp_path / "history.csv").mkdir()
    with pytest.raises(UserError, match="is a folder, a file is expected"):
        load(data_dir=tmp_path).history  # noqa: B018
    file = tmp_path / "x.txt"
    file.write_text("x")
    with pytest.raises(UserError, match="is a file, a folder is expected"):
        load(data_dir=file).history  # noqa: B018
    with pytest.raises(UserError, match="does not exist"):
        load(data_dir=tmp_path / "none").history  # noqa: B018
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(UserError, match="holds none of"):
        load(data_dir=empty).history  # noqa: B018


def test_the_shipped_tables_work_as_a_users_files(tmp_path):
    data = Path(__file__).parents[2] / "src/countervail/evidence/data"
    put(
        tmp_path,
        accelerators__csv=(data / "accelerators.csv").read_text(encoding="utf-8"),
        measures__yaml=(data / "measures/us.yaml").read_text(encoding="utf-8"),
        history__csv=(data / "history.csv").read_text(encoding="utf-8"),
    )
    ev = load(data_dir=tmp_path)
    assert len(ev.accelerators) == 114
    assert len(ev.history) == 632
    assert len(ev.measures) == 68
