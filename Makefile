# `make run` serves and `make test` checks everything; both set up what they need first.
VENV := .venv
BIN := $(VENV)/bin
CODE := app.py views models jobs
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# The first that is new enough; another one by `make run PYTHON=/path/to/python3`.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$each && break; done)

# The databases of tests are written to memory where it has a gigabyte for them, and not to a disk
# that they would wait for.
MEMORY := /dev/shm
ROOM := $(shell test -w $(MEMORY) && df -Pk $(MEMORY) | awk 'NR == 2 && $$4 > 1000000 { print "yes" }')
ifeq ($(ROOM),yes)
export PYTEST_DEBUG_TEMPROOT := $(MEMORY)
endif

# Tests start the program dozens of times, and each start is half as long where its bytecode is kept.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := run
.PHONY: run test test-long test-browser test-postgres test-any-hour test-api test-all check analyse torture replicas bench month screenshots image image-check audit lint lock clean

run: $(VENV)/runtime
	@$(BIN)/python app.py

test: $(VENV)/tests
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest -n auto --dist worksteal -m "sample or not (browser or long or api)"

# What takes long: whole months and walks, floods of replies, real proxies, kills, starts and stops.
test-long: $(VENV)/tests
	$(BIN)/python -m pytest -n auto --dist worksteal -m long

# All pages in Chromium: by whom, how wide, with script and without, in which theme, below which path.
test-browser: $(VENV)/tests
	$(BIN)/python -m pytest -n auto --dist worksteal -m browser

# At each hour of a day, and on the days on which clocks change; needs libfaketime.
test-any-hour: $(VENV)/tests
	$(BIN)/python -m tests.hours

# The models, jobs, views and rows of security on a PostgreSQL server of their own, and replicas
# behind two proxies.
test-postgres: $(VENV)/tests
	$(BIN)/python -m tests.postgres

# The API, asked whatever its document allows and forbids, by every role.
test-api: $(VENV)/tests
	$(BIN)/python -m pytest -n auto --dist worksteal -m api

test-all: test test-long test-browser test-postgres test-any-hour test-api analyse

# Everything that reads the code and what it stands on, and does not run it.
check: analyse
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m tests.audit

# Known weaknesses of what is pinned; with STRICT=--strict it fails where nobody can be asked.
audit: $(VENV)/tests
	$(BIN)/python -m tests.audit $(STRICT)

# The part of it that `make test` has not, and that needs no network.
analyse: $(VENV)/tests
	$(BIN)/python -m bandit --quiet --configfile pyproject.toml --recursive $(CODE)
	$(BIN)/python -m pylint --score=n $(CODE)

torture: $(VENV)/tests
	$(BIN)/python -m tests.torture

# Several processes on one PostgreSQL of their own, hurt in every way.
replicas: $(VENV)/tests
	$(BIN)/python -m tests.replicas

bench: $(VENV)/tests
	$(BIN)/python -m tests.bench

month: $(VENV)/tests
	$(BIN)/python -m tests.month

# The pages after a month, into docs/images.
screenshots: $(VENV)/tests
	$(BIN)/python -m tests.screenshots $(FLAGS)

# The image, built and run with every set of rights: needs Docker or Podman, and its base.
image: BASE = python:3.13-slim
image: MACHINE = docker
image: $(VENV)/tests
	$(BIN)/python -m tests.image --base "$(BASE)" --machine "$(MACHINE)" --flags "$(FLAGS)"

# Needs the network: whether each requirement has a wheel for x86-64 and for ARM.
image-check: $(VENV)/tests
	$(BIN)/python -m tests.image.wheels

lint: $(VENV)/tests
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

# Cleared first, so that nothing stays that the requirements no longer name.
$(VENV)/runtime: requirements.txt
	@test -w . || { echo "This folder cannot be written to, so $(VENV) cannot be made in it:" \
		"copy the folder to a place of your own, and run make there." >&2; exit 1; }
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found here:" \
		"install it, or name yours with make run PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is" \
		"not Python 3.11 or newer: install one, or name yours with PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python cannot make a virtual" \
		"environment; on Debian and Ubuntu, run: sudo apt install" \
		"$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" >&2; exit 1; }
	@echo "Setting up $(VENV), which takes a minute the first time."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/tests: $(VENV)/runtime tests/requirements.txt
	@echo "Setting up the tools that test."
	@$(PIP) -r tests/requirements.txt
	@touch $@

# Needs the network: pins what pyproject.toml names, with the hashes of every wheel there is.
lock: export UV_CUSTOM_COMPILE_COMMAND := make lock
lock: $(VENV)/tests
	$(BIN)/python -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		pyproject.toml -o requirements.txt
	$(BIN)/python -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--group test -c requirements.txt -o tests/requirements.txt

clean:
	rm -rf $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache
