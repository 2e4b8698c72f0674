#!/bin/sh
# Print the path of a Python that countervail runs on (3.11 to 3.14), or nothing.
# Usage: tools/find_python.sh [3.12]     with a version: that one only
# The python3 on the path comes first; PYTHON in the environment overrides the search.

wanted="$1"

fits() {
    "$1" - "$wanted" 2>/dev/null <<'PY'
import sys
wanted = sys.argv[1]
here = sys.version_info[:2]
ok = (3, 11) <= here <= (3, 14) and wanted in ("", "%d.%d" % here)
if ok:
    print(sys.executable)
sys.exit(0 if ok else 1)
PY
}

if [ -z "$wanted" ] && [ -n "${PYTHON:-}" ]; then
    fits "$PYTHON"
    exit 0
fi
for name in python3 python3.13 python3.12 python3.11 python3.14 python; do
    if command -v "$name" >/dev/null 2>&1 && fits "$name"; then
        exit 0
    fi
done
# Versions that pyenv or uv hold without putting them on the path.
for root in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv" "$(pyenv root 2>/dev/null)"; do
    for found in "$root"/versions/3.1[1-4]*/bin/python; do
        if [ -x "$found" ] && fits "$found"; then
            exit 0
        fi
    done
done
if command -v uv >/dev/null 2>&1; then
    found=$(uv python find --no-python-downloads "${wanted:->=3.11,<3.15}" 2>/dev/null)
    if [ -n "$found" ]; then
        fits "$found"
    fi
fi
exit 0
