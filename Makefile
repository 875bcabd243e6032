# Every command a newcomer needs; each may be run twice.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=

.PHONY: demo test bench rehearse lint docs readme quality panel constraints clean

$(VENV)/.installed: pyproject.toml .ci/constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "rolemarket needs Python 3.11 or newer; set PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement .ci/constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: $(VENV)/.installed  ## the whole way, offline, then the dashboard
	$(BIN)/rolemarket demo $(ARGS)

test: $(VENV)/.installed  ## every test
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -n 2 $(ARGS)

bench: $(VENV)/.installed  ## speed and memory, as ratios in one run
	$(BIN)/python -m pytest tests/benchmarks -p no:randomly --benchmark-enable --benchmark-disable-gc -s $(ARGS)

rehearse: $(VENV)/.installed  ## the default crawl at its real pace from a loopback internet; about ten minutes
	$(BIN)/python -m tests.crawler.rehearsal --document $(ARGS)

lint: $(VENV)/.installed
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

docs: $(VENV)/.installed  ## rewrite the generated documents
	$(BIN)/python -m warehouse.documents $(ARGS)

readme: $(VENV)/.installed  ## put what the demo prints, and a picture of it, into the README
	rm -rf build/readme && $(BIN)/rolemarket demo --no-serve --quiet --data build/readme
	$(BIN)/python -m tests.readme_output build/readme
	$(BIN)/python -m tests.dashboard.screenshots build/readme

quality: $(VENV)/.installed  ## measure every field against the labels beside the project
	$(BIN)/python -m warehouse.quality --gold ../shared/gold

panel: $(VENV)/.installed  ## rebuild the bundled panel of facts from the published data beside the project
	$(BIN)/python -m warehouse.panel --shared ../shared

constraints:  ## pin every dependency with its hashes, naming no index
	uv pip compile --universal --python-version 3.11 --extra test --generate-hashes --no-header --quiet pyproject.toml .ci/build.in --output-file .ci/constraints.txt

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache
