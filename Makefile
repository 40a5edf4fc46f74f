# Tasks of a developer. They use .venv where it exists: `make install` makes it.
PYTHON := $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
ARTICLES ?= 1500

.PHONY: install test fuzz check evals coverage build

install:  ## A virtual environment with everything that developing needs, in the pinned versions.
	python3 -m venv .venv
	.venv/bin/pip install --quiet --constraint constraints.txt --editable ".[dev]"

test:  ## All tests.
	$(PYTHON) -m pytest

fuzz:  ## Hostile input in large numbers: every reader, every hostile update, every pair of step and shape of text. Takes an hour.
	$(PYTHON) -m pytest --hypothesis-profile=fuzz tests/test_fuzz.py tests/retrieval/text tests/retrieval/quotes \
		tests/retrieval/search/test_quote_intent.py tests/retrieval/ingest/parsing tests/bot/telegram/test_splitting.py
	ONRECORD_TEST_UPDATES=5000 ONRECORD_TEST_GROWTH=1 $(PYTHON) -m pytest tests/bot/telegram/test_hostile_updates.py \
		tests/retrieval/test_growth.py tests/retrieval/ingest/parsing/test_growth.py

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
