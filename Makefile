# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := run
.PHONY: run test torture bench lint lock clean

run: $(VENV)/runtime
	$(BIN)/python app.py

test: $(VENV)/tests
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest -n auto

torture: $(VENV)/tests
	$(BIN)/python -m tests.torture

bench: $(VENV)/tests
	$(BIN)/python -m tests.bench

lint: $(VENV)/tests
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

$(VENV)/runtime: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed.") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/tests: $(VENV)/runtime tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	touch $@

# Needs the network: pins what pyproject.toml names, with hashes.
lock: $(VENV)/tests
	$(BIN)/python -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/python -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --group test -c requirements.txt -o tests/requirements.txt

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache
