PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: essay witnesses docs test check format bench clean
.DEFAULT_GOAL := essay

essay: $(VENV)/.installed  ## install, simulate, check and draw; then read essay/index.html
	$(BIN)/python -m theory trust --json essay/trust.json
	$(BIN)/python -m theory --effort quick --json essay/check.json --html essay/check.html --trust essay/trust.json
	$(BIN)/python -m figures --check essay/check.json --trust essay/trust.json --out essay

witnesses: $(VENV)/.installed  ## train the real learners again, and hold them against what was registered
	$(BIN)/python -m witnesses

docs: $(VENV)/.documentation  ## the reference, from docstrings and declarations; then read build/docs/index.html
	$(BIN)/python -m docs --out build/docs

test: $(VENV)/.development  ## the whole test suite
	$(BIN)/python -m pytest

check: $(VENV)/.development  ## formatter, linter, types, import rules, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config setup.cfg
	$(BIN)/python -m pytest

format: $(VENV)/.development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.development
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) essay build *.egg-info

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.development: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@ $(VENV)/.installed

$(VENV)/.documentation: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[docs]"
	touch $@ $(VENV)/.installed
