"""All files of a run or none."""

from pathlib import Path

import pytest

from countervail.ensemble import Result
from countervail.errors import UserError
from countervail.report import html, netcdf, write, xlsx
from countervail.report.staging import staged
from countervail.report.writer import FILES


def test_a_run_leaves_its_files_and_nothing_else(written: dict[str, Path]):
    folder = written["run.json"].parent
    assert sorted(p.name for p in folder.iterdir()) == sorted(FILES)
    assert all(p.stat().st_size > 1000 for p in written.values())


@pytest.mark.parametrize(
    ("module", "error"),
    [
        (html, ValueError("odd")),
        (netcdf, OSError(28, "No space left on device")),
        (xlsx, KeyboardInterrupt()),
    ],
)
def test_a_failure_leaves_nothing(single: list[Result], tmp_path: Path, monkeypatch, module, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(module, "page" if module is html else "write", fail)
    expected = UserError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected):
        write(single, tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_older_files_as_they_were(single: list[Result], tmp_path: Path, monkeypatch):
    (tmp_path / "outcomes.csv").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xlsx, "save", fail)
    with pytest.raises(UserError, match="No space left") as caught:
        write(single, tmp_path)
    assert ".countervail-" not in caught.value.message
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.txt", "outcomes.csv"]
    assert (tmp_path / "outcomes.csv").read_text() == "old"


def test_a_disk_that_turns_full_under_the_numbers_is_a_clear_error(
    single: list[Result], tmp_path: Path, monkeypatch
):
    plain = Path.write_bytes

    def fill(path: Path, content: bytes) -> int:
        plain(path, bytes(content)[:1000])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(UserError, match="result.nc: No space left"):
        write(single, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_a_clear_error(tmp_path: Path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UserError, match="cannot write to"), staged(tmp_path / "out"):
        pass
    assert (tmp_path / "out").read_text() == "a file"


def test_periods_and_empty_results_are_checked(single: list[Result], tmp_path: Path):
    with pytest.raises(UserError, match="periods"):
        write(single, tmp_path, periods="some")
    with pytest.raises(UserError, match="no result"):
        write([], tmp_path)
    assert list(tmp_path.iterdir()) == []
