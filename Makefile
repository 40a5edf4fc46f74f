# Tasks of a developer. They use .venv where it exists: `make install` makes it.
PYTHON := $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
ARTICLES ?= 1500

.PHONY: install test check evals coverage build

install:  ## A virtual environment with everything that developing needs, in the pinned versions.
	python3 -m venv .venv
	.venv/bin/pip install --quiet --constraint constraints.txt --editable ".[dev]"

test:  ## All tests.
	$(PYTHON) -m pytest

check:  ## Format, lint and types, without changing a file.
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy

evals:  ## Quality on labelled sets: make evals DATA=FOLDER [ARTICLES=1500]
	@test -n "$(DATA)" || { echo "Name the folder of the labelled sets: make evals DATA=FOLDER"; exit 2; }
	$(PYTHON) -m evals --data "$(DATA)" --articles $(ARTICLES)

coverage:  ## All tests, with the lines that none of them runs.
	$(PYTHON) -m pytest --cov

build:  ## The wheel, in dist/. Leftovers of an earlier build would end up in it.
	rm -rf build dist
	$(PYTHON) -m build --wheel --no-isolation
	rm -rf build
