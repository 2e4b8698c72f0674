#!/bin/sh
# Run the quick tests on Python 3.12, where newer JAX and NumPy are used; say so and pass when there is none.
cd "$(dirname "$0")/.." || exit 2
if [ ! -x .venv-312/bin/python ] && [ -z "$(tools/find_python.sh 3.12)" ]; then
    echo "no Python 3.12 here: skipped"
    exit 0
fi
tools/setup.sh test .venv-312 3.12 || exit 1
exec .venv-312/bin/python -m pytest -n 2 -m "not slow" -p no:cacheprovider
