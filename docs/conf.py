"""Settings of the documentation. Pages under `generated/` are made by `build_pages.py`."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
_project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "countervail"
author = "the countervail authors"
copyright = "the countervail authors. Text and data CC-BY-4.0, code Apache-2.0"
version = release = _project["version"]

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = f"countervail {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
