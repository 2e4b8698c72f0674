#!/bin/sh
# Make a virtual environment, install one lock and the package into it. Does nothing when it is up to date.
# Usage: tools/setup.sh run|test [VENV] [VERSION]       VERSION: a Python version such as 3.12
set -eu
cd "$(dirname "$0")/.."
lock="$1"
venv="${2:-.venv}"
version="${3:-}"

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "error: $1"
    say "hint: $2"
    exit 2
}

# A home folder that is missing or read-only must not stop the installers: they then go without a cache.
if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ] || [ ! -w "$HOME" ]; then
    export UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1
fi

works() { "$venv/bin/python" -c 'import sys' >/dev/null 2>&1; }

if [ -d "$venv" ] && ! works; then
    say "$venv has no working Python any more: making it anew"
    rm -rf "$venv"
fi
if [ ! -d "$venv" ]; then
    python=$(tools/find_python.sh "$version")
    if [ -z "$python" ]; then
        fail "no Python ${version:-3.11 to 3.14} was found" \
            "install one (Debian, Ubuntu: apt install python3 python3-venv), or set PYTHON=/path/to/python"
    fi
    say "making $venv with $("$python" --version)"
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --python "$python" "$venv"
    elif "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        "$python" -m venv "$venv" || { rm -rf "$venv"; fail "$python -m venv failed" "see the lines above"; }
    else
        short=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        fail "$python cannot make a virtual environment: it has no ensurepip" \
            "install it (Debian, Ubuntu: apt install python$short-venv), or install uv"
    fi
fi

# The stamp holds what the environment was made from; a test environment holds all that a run needs.
stamp_of() {
    "$venv/bin/python" - "requirements/$1.txt" pyproject.toml tools/setup.sh <<'PY'
import hashlib, os, sys
parts = [sys.version, os.getcwd()] + [open(name, encoding="utf-8").read() for name in sys.argv[1:]]
print(hashlib.sha256("\0".join(parts).encode()).hexdigest())
PY
}
current() { [ "$(cat "$venv/.stamp-$1" 2>/dev/null)" = "$(stamp_of "$1")" ]; }

# Byte code is written here, since PYTHONDONTWRITEBYTECODE would else slow each start of each command.
compile() { "$venv/bin/python" -m compileall -q src/countervail >/dev/null 2>&1 || true; }

# The tests of the page need a Chromium. It is fetched where that is possible without asking; else they are skipped.
browser() {
    [ "$lock" = test ] && [ -z "$version" ] && [ ! -e "$venv/.browser-tried" ] || return 0
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    : >"$venv/.browser-tried"
    if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
        say "installing chromium for the tests of the page"
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } \
            >/dev/null 2>&1 && return 0
    fi
    say "no Chromium: the tests of the page will be skipped (Debian, Ubuntu: apt-get install chromium)"
}

if current "$lock" || { [ "$lock" = run ] && current test; }; then
    compile
    browser
    exit 0
fi

say "installing requirements/$lock.txt into $venv (a first time takes a minute or two)"
if command -v uv >/dev/null 2>&1; then
    install() { uv pip install --quiet --compile-bytecode --python "$venv/bin/python" "$@"; }
elif "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    install() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@"; }
elif "$venv/bin/python" -m ensurepip >/dev/null 2>&1; then
    install() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@"; }
else
    fail "$venv has no pip and uv was not found" "remove $venv and run make again, or install uv"
fi
rm -f "$venv/.stamp-run" "$venv/.stamp-test"
# The lock is complete, so nothing is left to resolve: older pips stumble over extras in hash mode.
install --no-deps --require-hashes -r "requirements/$lock.txt" ||
    fail "the packages of requirements/$lock.txt could not be installed" "see the lines above; is the network reachable?"
install --no-deps --no-build-isolation -e . || fail "countervail itself could not be installed" "see the lines above"
compile
stamp_of "$lock" >"$venv/.stamp-$lock"
browser
