"""The shape of the project: who imports whom, one name in five places, and what no file may hold."""

import ast
import subprocess
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src" / "countervail"
FOUNDATIONS = ("errors", "files", "language", "names", "periods")
ORDER = (
    "evidence", "rules", "model", "scenario", "ensemble", "calibration", "strategy", "report", "claims",
    "api", "web", "cli",
)  # fmt: skip
HEAVY = {"jax", "scipy", "xarray", "pandas", "openpyxl", "jinja2", "h5netcdf", "h5py", "numpyro"}
SERVER = {"fastapi", "uvicorn"}  # only the server may have them at the top
MAY_BE_HEAVY = (
    "model/",
    "ensemble/runner.py",
    "ensemble/engine.py",
    "ensemble/sums.py",
    "ensemble/gradient.py",
    "ensemble/transposed.py",
    "calibration/double.py",
)

MODULES = sorted(SRC.rglob("*.py"))


def imports(path: Path, *, top_only: bool = False) -> list[str]:
    """Return the full names of the modules that a file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = _top_level(tree) if top_only else list(ast.walk(tree))
    names = []
    for node in nodes:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: write imports in full"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def _top_level(tree: ast.Module) -> list[ast.stmt]:
    """Return the statements that run on import, leaving out `if TYPE_CHECKING:` blocks."""
    found: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        found += (
            [n for n in ast.walk(node) if isinstance(n, ast.stmt)] if isinstance(node, ast.Try) else [node]
        )
    return found


def package_of(path: Path) -> str:
    """Return the package or module right under countervail that a file belongs to."""
    first = path.relative_to(SRC).parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SRC)))
def test_a_package_imports_only_from_those_to_its_left(path: Path):
    own = package_of(path)
    if own == "__init__":
        return  # names the public functions, loads them when asked
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "countervail" or len(parts) == 1 or parts[1] in ("__version__", own):
            continue
        other = parts[1]
        assert own != "model", f"{path}: the model imports nothing of ours, not {name}"
        if other in FOUNDATIONS:
            continue
        assert own not in FOUNDATIONS, f"{path}: a foundation imports {name}"
        assert other in ORDER, f"{path}: imports {name}, which is in no known package"
        assert ORDER.index(other) < ORDER.index(own), f"{path}: {own} may not import {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SRC)))
def test_heavy_packages_are_imported_inside_functions(path: Path):
    if str(path.relative_to(SRC)).startswith(MAY_BE_HEAVY):
        return
    refused = HEAVY if package_of(path) == "web" else HEAVY | SERVER
    heavy = [n for n in imports(path, top_only=True) if n.split(".")[0] in refused]
    assert not heavy, f"{path}: {heavy} at the top would slow every command"


def test_every_package_of_the_order_exists():
    there = {package_of(p) for p in MODULES} - {"__init__", *FOUNDATIONS}
    assert there <= set(ORDER)
    assert {"evidence", "rules", "model", "scenario", "ensemble", "report", "claims", "cli"} <= there


def mechanisms() -> set[str]:
    return {p.stem for p in (SRC / "model" / "mechanisms").glob("*.py")} - {"__init__"}


def test_a_mechanism_has_one_name_in_five_places():
    names = mechanisms()
    assert len(names) >= 10
    priors = {p.stem for p in (SRC / "evidence" / "data" / "priors").glob("*.yaml")}
    tests = {p.stem.removeprefix("test_") for p in (ROOT / "tests" / "model").rglob("test_*.py")}
    tree = ast.parse((SRC / "model" / "parameters.py").read_text(encoding="utf-8"))
    record = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Parameters")
    fields = {
        n.target.id for n in record.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
    }
    assert names - priors == set(), "mechanisms without a priors file"
    assert names - tests == set(), "mechanisms without a test"
    assert names - fields == set(), "mechanisms without a field in Parameters"
    # The fifth place, the page in the docs, is made from the mechanism's file: see tests/docs.


def tracked_text() -> list[Path]:
    """Return the text files of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    names = listed.stdout.decode().split("\0")
    kinds = {
        ".py",
        ".md",
        ".yaml",
        ".yml",
        ".toml",
        ".csv",
        ".txt",
        ".in",
        ".sh",
        ".html",
        ".ts",
        ".json",
        ".cff",
        "",
    }
    return [p for n in names if n and (p := ROOT / n).suffix in kinds and p.is_file()]


def test_no_file_names_a_registry_host_or_a_path_of_one_machine():
    # Written in pieces, so that this file does not hold them either.
    hosts = [
        "py" + "pi.org",
        "python" + "hosted.org",
        "registry.npm" + "js",
        "/wo" + "rk/main",
        "/wo" + "rk/shared",
    ]
    found = [
        f"{p.relative_to(ROOT)}: {h}"
        for p in tracked_text()
        for h in hosts
        if h in p.read_text("utf-8", "replace")
    ]
    assert not found


def test_no_file_holds_an_em_dash_or_an_emoji():
    found = []
    for path in tracked_text():
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            odd = [c for c in line if c == "\u2014" or (ord(c) > 0x2190 and unicodedata.category(c) == "So")]
            if odd:
                found.append(f"{path.relative_to(ROOT)}:{number}: {odd}")
    assert not found


def test_no_python_file_is_longer_than_400_lines():
    long = {
        str(p.relative_to(ROOT)): n for p in MODULES if (n := len(p.read_text("utf-8").splitlines())) > 400
    }
    assert not long


def test_python_is_parsed_in_one_place_which_holds_a_lock():
    # Python 3.11 fails now and then when two threads make syntax trees at once, as a server may.
    found = [str(p.relative_to(SRC)) for p in MODULES if "ast.parse(" in p.read_text("utf-8")]
    assert found == ["files.py"]
