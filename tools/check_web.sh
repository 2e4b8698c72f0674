#!/bin/sh
# Check the page: install what web/package-lock.json names, check types and format, test, build, and compare the build
# with the assets that ship in src/countervail/web/static, byte for byte. Needs Node 20.19 or newer, only for developers.
set -u
cd "$(dirname "$0")/../web" || exit 2

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    echo "page not checked: no Node on this machine; install Node 20 or newer to work on web/ (users need none)" >&2
    exit 0
fi
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    echo "page not checked: Node $(node --version) is older than 20.19; install a newer one to work on web/" >&2
    exit 0
fi

# node_modules is kept while the lock it was made from stays the same.
stamp=node_modules/.countervail-lock
if ! cmp -s package-lock.json "$stamp"; then
    npm ci --no-fund --no-audit --loglevel=error || { echo "error: npm ci failed; is a package registry reachable?" >&2; exit 1; }
    cp package-lock.json "$stamp"
fi

npm run --silent check || exit 1
npm run --silent lint || exit 1
npm test --silent || exit 1

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
COUNTERVAIL_OUT="$fresh/static" npm run --silent build -- --logLevel warn || exit 1
if ! diff -r "$fresh/static" ../src/countervail/web/static; then
    echo "error: src/countervail/web/static is not what web/ builds" >&2
    echo "hint: run npm run build in web/ and commit the result" >&2
    exit 1
fi
