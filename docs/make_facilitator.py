"""Make the printable facilitator sheets of the page from `docs/facilitator*.md`; run by hand and held by a test.

Two A4 pages each; the page's own server shows them at /facilitator.html and /facilitator.zh-Hans.html.
"""

from pathlib import Path

from markdown_it import MarkdownIt

DOCS = Path(__file__).parent
PUBLIC = DOCS.parent / "web" / "public"
SHEETS = {"en": "facilitator", "zh-Hans": "facilitator.zh-Hans"}
FIRST = 6  # sections on the first page: aims to the third round
WORDS = {"en": ("To the page", "Print", "中文"), "zh-Hans": ("打开页面", "打印", "English")}


def sheet(lang: str) -> str:
    """Return the sheet of a language as HTML."""
    text = (DOCS / f"{SHEETS[lang]}.md").read_text(encoding="utf-8")
    title = text.splitlines()[0].removeprefix("# ")
    body = MarkdownIt("commonmark").enable("table").render(text)
    other = next(x for x in SHEETS if x != lang)
    back, print_, name = WORDS[lang]
    query = "" if lang == "en" else f"?lang={lang}"
    return f"""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}: countervail</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="facilitator.css">
<script src="facilitator.js" defer></script>
</head>
<body>
<nav><a href="./{query}">{back}</a><a href="{SHEETS[other]}.html" lang="{other}" hreflang="{other}">{name}</a>
<button type="button" id="print" hidden>{print_}</button></nav>
<main>
{_sections(body).strip()}
</main>
</body>
</html>
"""


def _sections(body: str) -> str:
    """Return the body as two pages; each part between headings is a section that stays whole."""
    head, *parts = body.split("<h2>")
    sections = [f"<section>\n<h2>{part}</section>\n" for part in parts]
    first, second = "".join(sections[:FIRST]), "".join(sections[FIRST:])
    return f'<header>\n{head}</header>\n<div class="page">\n{first}</div>\n<div class="page">\n{second}</div>'


def main(folder: Path = PUBLIC) -> None:
    """Write the sheets."""
    for lang, name in SHEETS.items():
        (folder / f"{name}.html").write_text(sheet(lang), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
