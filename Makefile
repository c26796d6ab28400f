PYTHON ?= python3.11
BIN := .venv/bin
export FLASK_APP := wsgi

.PHONY: ready run serve replay test lint check bench bench-tenfold help
.DEFAULT_GOAL := help

.venv/ready: requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed: make PYTHON=python3"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	touch $@

market/translations/zh_Hans_CN/LC_MESSAGES/messages.mo: market/translations/zh_Hans_CN/LC_MESSAGES/messages.po .venv/ready
	@$(BIN)/pybabel --quiet compile -d market/translations

ready: .venv/ready market/translations/zh_Hans_CN/LC_MESSAGES/messages.mo

run: ready ## make everything with demonstration data and serve it on http://127.0.0.1:8000
	@$(BIN)/flask init
	@$(BIN)/flask seed demo
	@$(MAKE) --no-print-directory serve

serve: ready ## serve web and worker on the database that is there
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/honcho start --no-prefix

replay: ready ## make the whole summer fair of 2012 in instance/replay
	@$(BIN)/flask fair replay

test: ready ## run the tests
	@$(BIN)/pytest -n auto -m "not endurance"

lint: ready ## format, lint, types, reference data
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/flask regions check
	@$(BIN)/flask products check

check: lint ## run everything CI runs: lint, and all tests with the trials of kills
	@$(BIN)/pytest -n auto

.venv/bench-ready: requirements-bench.lock .venv/ready
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-bench.lock && touch $@

bench: ready .venv/bench-ready ## measure the whole fair beside other engines, each figure with its target
	@$(BIN)/python -m tests.benchmarks

bench-tenfold: ready .venv/bench-ready ## measure how the engines grow with ten times the data; takes many minutes
	@$(BIN)/python -m tests.benchmarks.tenfold

help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15
