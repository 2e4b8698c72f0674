"""Bad input: one clear sentence, a hint, exit code 2, and nothing half-written."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cli.conftest import PROGRAM

RUN = ["run", "status-quo", "--draws", "16", "--until", "2026Q4"]
NO_CHIP = ["rules", "check", "--to", "CN", "--on", "2026-02-01"]
CHECK = [*NO_CHIP, "--chip", "H200"]
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{n}: &{n} [{','.join([f'*{m}'] * 9)}]\n" for m, n in zip("abcdefgh", "bcdefghi", strict=True)
)

# What is typed, and words that the sentence or its hint must hold.
MISTAKES = {
    "no such command": (["evidnce"], "evidence"),
    "no such option": ([*RUN, "--drawz", "5"], "--draws"),
    "missing argument": (["run"], "SCENARIO"),
    "text where a number is meant": (["run", "status-quo", "--draws", "many"], "--draws"),
    "unknown scenario": (["run", "statusquo"], "status-quo"),
    "unknown scenario among several": (["compare", "status-quo", "full-denail"], "full-denial"),
    "one scenario to compare": (["compare", "status-quo"], "two"),
    "no draws": (["run", "status-quo", "--draws", "0"], "draws"),
    "negative draws": (["run", "status-quo", "--draws", "-5"], "draws"),
    "negative seed": (["run", "status-quo", "--seed", "-1"], "seed"),
    "not a quarter": (["run", "status-quo", "--until", "2032"], "2025Q2"),
    "quarter out of range": (["run", "status-quo", "--until", "2050Q1"], "2040Q4"),
    "quarter before the start": (["run", "status-quo", "--until", "2019Q1"], "2022Q4"),
    "unknown lever": ([*RUN, "--set", "us_export_fees=0.2"], "us_export_fee"),
    "unknown parameter": ([*RUN, "--set", "fabrication.learning_rat=0.2"], "learning_rate"),
    "lever beyond its range": ([*RUN, "--set", "us_export_fee=7"], "0.9"),
    "lever that is no number": ([*RUN, "--set", "us_export_fee=high"], "high"),
    "lever that is NaN": ([*RUN, "--set", "us_export_fee=nan"], "nan"),
    "lever without a value": ([*RUN, "--set", "us_export_fee"], "ID=VALUE"),
    "lever from a bad quarter": ([*RUN, "--set", "us_export_fee=0.2@2026"], "2025Q2"),
    "lever that ends before it starts": ([*RUN, "--set", "us_export_fee=0.2@2028Q1:2027Q1"], "after"),
    "unknown periods": ([*RUN, "--periods", "some"], "all"),
    "not a date": (["evidence", "list", "--as-of", "yesterday"], "--as-of"),
    "day that does not exist": (["evidence", "list", "--as-of", "2025-02-30"], "2025-02-30"),
    "date out of range": (["evidence", "list", "--as-of", "1800"], "1990"),
    "as-of of a run that is no date": ([*RUN, "--as-of", "2025Q9"], "--as-of"),
    "unknown chip": ([*NO_CHIP, "--chip", "H2000"], "chip"),
    "ambiguous chip": ([*NO_CHIP, "--chip", "nvidia"], "several"),
    "no chip at all": (NO_CHIP, "--chip"),
    "unknown country": ([*CHECK, "--to", "XX"], "XX"),
    "country that does not exist": ([*CHECK, "--to", "Atlantis"], "Atlantis"),
    "check on no date": ([*CHECK, "--on", "soon"], "soon"),
    "check on a date out of range": ([*CHECK, "--on", "2017-01-01"], "2018"),
    "unknown scope": ([*CHECK, "--scope", "strict"], "de-jure"),
    "spec that does not exist": ([*NO_CHIP, "--spec", "none.yaml"], "none.yaml"),
    "cases that do not exist": (["rules", "test", "none.yaml"], "none.yaml"),
    "claims that do not exist": (["claims", "none.yaml"], "none.yaml"),
    "unknown evidence": (["evidence", "show", "no-such-thing"], "no-such-thing"),
    "unknown table": (["evidence", "list", "measure"], "measures"),
    "data folder that does not exist": (["evidence", "list", "--data", "nowhere"], "nowhere"),
    "sources of no run": (["sources", "nowhere"], "nowhere"),
}  # fmt: skip


def assert_explained(code: int, out: str, err: str, words: str) -> None:
    """Assert one sentence and a hint, the exit code for bad input, and no traceback."""
    assert code == 2, (code, out, err)
    assert out == ""
    lines = err.strip().splitlines()
    errors = [line for line in lines if line.startswith("error: ")]
    assert len(errors) == 1, err
    assert "Traceback" not in err and "pydantic" not in err.lower()
    assert words.lower() in err.lower(), err
    assert len(errors[0]) < 400


@pytest.mark.parametrize(("arguments", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_sentence_and_a_hint(cli, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    ran = cli(*arguments)
    assert_explained(ran.code, ran.out, ran.err, words)
    assert "hint: " in ran.err
    assert list(tmp_path.iterdir()) == []


FILES = {
    "malformed": ("id: x\n  title: [unclosed\n", "line 2"),
    "a YAML bomb": (BOMB, "expands"),
    "no mapping": ("- just\n- a list\n", "mapping"),
    "empty": ("", "mapping"),
    "an unknown key": ("id: x\ntitle: X\nbase: status-quo\nlever: {us_export_fee: 0.2}\n", "levers"),
    "a lever beyond its range": ("id: x\ntitle: X\nbase: status-quo\nlevers: {us_export_fee: 9}\n", "0.9"),
    "a NaN": ("id: x\ntitle: X\nbase: status-quo\nlevers: {us_export_fee: .nan}\n", "nan"),
    "an unknown base": ("id: x\ntitle: X\nbase: statusquo\n", "status-quo"),
    "an anchor in itself": ("id: &a [*a]\ntitle: X\n", "itself"),
}


@pytest.mark.parametrize(("text", "words"), FILES.values(), ids=FILES)
def test_a_scenario_file_with_a_mistake_is_refused(cli, tmp_path, text, words):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    ran = cli("run", str(path), "--draws", "16", "--until", "2026Q4")
    assert_explained(ran.code, ran.out, ran.err, words)
    assert "mine.yaml" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["claims"],
        ["rules", "test"],
        [*NO_CHIP, "--spec"],
        [*CHECK, "--facts"],
    ],
    ids=" ".join,
)
def test_a_folder_where_a_file_is_meant_is_refused(cli, tmp_path, arguments):
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    ran = cli(*arguments, str(folder))
    assert_explained(ran.code, ran.out, ran.err, "folder")


@pytest.mark.parametrize("arguments", [["claims"], ["rules", "test"]], ids=" ".join)
@pytest.mark.parametrize(
    "text", [BOMB, "a: [", "", "- 1"], ids=["bomb", "malformed", "empty", "a list of numbers"]
)
def test_a_broken_file_is_refused(cli, tmp_path, arguments, text):
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    ran = cli(*arguments, str(path))
    assert_explained(ran.code, ran.out, ran.err, "broken.yaml")


def test_a_file_where_the_output_folder_is_meant_is_refused_before_the_run(cli, tmp_path):
    path = tmp_path / "out"
    path.write_text("mine", encoding="utf-8")
    ran = cli(*RUN, "--out", str(path))
    assert_explained(ran.code, ran.out, ran.err, "out")
    assert path.read_text(encoding="utf-8") == "mine"


def test_an_output_folder_that_cannot_be_written_is_refused(cli):
    ran = cli(*RUN, "--out", "/proc/out")
    assert_explained(ran.code, ran.out, ran.err, "/proc/out")


def test_a_disk_quota_leaves_nothing_half_written(tmp_path):
    # The quota is set by the program's own process: a fork of this one may hold threads of the model.
    limit = (
        "import os, resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "os.execv(sys.argv[1], sys.argv[1:])\n"
    )
    out = tmp_path / "out"
    # No compilation cache: under the quota it would be left with half an entry, for other runs to find.
    ran = subprocess.run(
        [sys.executable, "-c", limit, str(PROGRAM), *RUN, "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"XDG_CACHE_HOME": "/proc/none"},
        check=False,
    )
    assert_explained(ran.returncode, ran.stdout, ran.stderr, "cannot write")
    left = [p.name for p in out.rglob("*") if p.is_file()]
    assert [name for name in left if name.startswith(".")] == []
    assert "result.nc" not in left and "report.html" not in left


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_under_the_output_is_told(program):
    with open("/dev/full", "w") as full:
        ran = program(["evidence", "list", "--json"], stdout=full)
    assert_explained(ran.returncode, "", ran.stderr, "space")


def test_a_reader_that_has_had_enough_ends_the_command_quietly():
    command = f"{PROGRAM} evidence list measures | head -n 1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0
    assert ran.stderr == ""


def test_control_c_ends_with_130_and_leaves_nothing_half_written(tmp_path):
    out = tmp_path / "out"
    arguments = [PROGRAM, "run", "status-quo", "--draws", "60000", "--until", "2040Q4", "--out", str(out)]
    started = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(4)
    assert started.poll() is None, "the run was over before it could be interrupted"
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=120)
    assert started.returncode == 130, err
    assert "Traceback" not in err
    assert "interrupted" in err
    assert not out.exists() or [p.name for p in out.iterdir()] == []


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_a_narrow_terminal_loses_nothing(program, columns):
    environment = os.environ | {"COLUMNS": columns}
    ran = program(["levers"], env=environment)
    assert ran.returncode == 0
    assert max(len(line) for line in ran.stdout.splitlines()) <= int(columns)
    assert "us_export_fee" in ran.stdout.replace("\n", "").replace(" ", "") or columns == "40"
    assert "…" not in ran.stdout


def test_no_colour_where_none_is_wanted(program):
    ran = program(["levers"], env=os.environ | {"NO_COLOR": "1", "FORCE_COLOR": "1"})
    assert "\x1b[3" not in ran.stdout
