# Two commands for a newcomer: `make demo` and `make test`. Both set up .venv first, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= runs/demo
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help setup demo test lint types layers check clean
help:
	@echo "make demo   set up, run the whole system offline, print the report's path"
	@echo "make test   set up, run the tests"
	@echo "make check  lint, types, layers"

# torch comes first and in the tested version, so that nothing pulls in another build.
$(VENV)/.ready: pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (once; a few minutes on a slow line) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --quiet --progress-bar on -c constraints.txt torch
	@$(PIP) install --quiet --progress-bar on -c constraints.txt -e '.[bonsai]'
	@touch $@

# Tests of the real models need their libraries; the demonstration does not.
$(VENV)/.ready-tests: $(VENV)/.ready
	@$(PIP) install --quiet --progress-bar on -c constraints.txt -e '.[hub,api,serve,dev]'
	@touch $@

setup: $(VENV)/.ready $(VENV)/.ready-tests

demo: $(VENV)/.ready
	@$(BIN)/widespectrum demo --out $(OUT)

test: setup
	@$(BIN)/python -m pytest -n 2 tests

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

layers: setup
	$(BIN)/lint-imports

check: lint types layers

clean:
	rm -rf $(VENV) runs .pytest_cache .mypy_cache .ruff_cache
