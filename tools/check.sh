#!/bin/sh
# Run every check of the project and the whole test suite, in .venv. Exit 1 when anything failed.
# The test suite comes last, so that its closing line is the last one.
cd "$(dirname "$0")/.." || exit 2
bin=.venv/bin
failed=""

check() {
    name="$1"
    shift
    printf -- '-- %s\n' "$name"
    "$@" || failed="$failed, $name"
}

docs() {
    $bin/python docs/build_pages.py && $bin/sphinx-build -W --keep-going -q -b html docs build/docs
}

check "ruff format" $bin/ruff format --check --quiet .
check "ruff check" $bin/ruff check --quiet .
check "pyright" $bin/pyright
check "codespell" $bin/codespell src tests docs benchmarks examples tools README.md CONTRIBUTING.md changelog.d
check "evidence" $bin/countervail evidence validate
check "documents" docs
check "page" tools/check_web.sh
check "Python 3.12" tools/check_312.sh

printf -- '-- pytest\n'
if [ -n "$failed" ]; then
    printf 'checks that failed: %s\n' "${failed#, }"
    $bin/python -m pytest -n 2
    printf 'checks that failed: %s\n' "${failed#, }"
    exit 1
fi
exec $bin/python -m pytest -n 2
