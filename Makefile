# Two commands matter: `make run` (set up and do the main job) and `make test` (set up and check everything).
# Python 3.11 or newer, make and a shell are all that is needed; uv is used when it is there.

BIN := .venv/bin
.PHONY: help run test test-312 quick setup setup-test docs bench presets soak lock clean

help:
	@echo "make run       set up .venv and compare four scenarios: a table here, the report in out/report.html"
	@echo "make test      set up what tests need; run every check and the whole suite"
	@echo "make test-312  run the quick tests on Python 3.12, when there is one"
	@echo "make quick     run the quick tests only"
	@echo "make docs      build the documentation into build/docs"
	@echo "make bench     measure speed into benchmarks/RESULTS.md; PEERS=python of an environment with other tools"
	@echo "make presets   write anew what the page shows before its first run"
	@echo "make soak      check the calibration on 100 synthetic histories (half an hour or more)"
	@echo "make lock      renew the lock files in requirements/ (needs uv)"
	@echo "make clean     remove build results; the environments stay"

run: setup
	@$(BIN)/countervail compare status-quo article full-denial self-reliance --out out/

setup:
	@tools/setup.sh run

setup-test:
	@tools/setup.sh test

test: setup-test
	@tools/check.sh

test-312:
	@tools/check_312.sh

quick: setup-test
	@$(BIN)/python -m pytest -n 2 -m "not slow"

docs: setup-test
	@$(BIN)/python docs/build_pages.py
	@$(BIN)/sphinx-build -W --keep-going -q -b html docs build/docs
	@echo "build/docs/index.html"

# Other tools are no requirement of this one: without PEERS the figures of the last comparison stay. So do those of the
# page where there is no Chromium.
bench: setup-test
	@for one in startup rules ensemble gradient why load; do $(BIN)/python benchmarks/$$one.py || exit 1; done
	@$(BIN)/python benchmarks/web/drive.py || echo "page left out: it takes Chromium (apt-get install chromium)"
	@$(if $(PEERS),$(BIN)/python benchmarks/peers.py --peers $(PEERS),echo "peers left out: give PEERS=PYTHON")

presets: setup
	@$(BIN)/python -m countervail.web.presets

soak: setup-test
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m countervail.calibration.soak docs/_static/sbc.json

# Test first, then run held to the same versions. No index address is written, so the locks name no host.
UV := $(shell command -v uv || echo $(BIN)/uv)
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header
lock:
	$(LOCK) pyproject.toml requirements/build.in --group test -o requirements/test.txt
	$(LOCK) pyproject.toml requirements/build.in -c requirements/test.txt -o requirements/run.txt

clean:
	rm -rf build dist out .pytest_cache .ruff_cache .hypothesis docs/generated
