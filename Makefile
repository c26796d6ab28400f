# The first Python that is new enough; another: make PYTHON=/path/to/python3
PYTHON ?= $(shell for python in python3.11 python3 python3.14 python3.13 python3.12; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	echo $$python && break; done)
# Where the market is served. Not passed on as PORT, which honcho sets anew for each process.
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
CATALOGUE := market/translations/zh_Hans_CN/LC_MESSAGES/messages
export FLASK_APP := wsgi
# What is installed has no byte code: where none may be kept, each process would compile it all.
unexport PYTHONDONTWRITEBYTECODE

# What is sent by message leads to where the market is served.
run serve dev: export SITE_URL ?= http://$(HOST):$(PORT)

.PHONY: python address ready test-ready run serve replay dev test messages format lint clocks check journeys bench bench-tenfold help
.DEFAULT_GOAL := help

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed. Under another name: make PYTHON=..."; exit 1; }

address: python
	@$(PYTHON) scripts/address.py $(HOST) $(PORT)

.venv/ready: requirements.lock | python
	@$(PYTHON) scripts/environment.py $<
	@touch $@

.venv/test-ready: requirements-test.lock .venv/ready
	@$(BIN)/python scripts/environment.py $<
	@touch $@

$(CATALOGUE).mo: $(CATALOGUE).po .venv/ready
	@$(BIN)/pybabel --quiet compile -d market/translations

ready: .venv/ready $(CATALOGUE).mo

test-ready: .venv/test-ready ready

run: address ready ## make everything with demonstration data and serve it on http://127.0.0.1:8000
	@$(BIN)/flask init
	@$(BIN)/flask seed demo
	@$(MAKE) --no-print-directory serve

serve: address ready ## serve web and worker on the database that is there
	@echo "Serving http://$(HOST):$(PORT) in a few seconds. Ctrl-C ends it."
	@BIND=$(HOST):$(PORT) PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/honcho start --no-prefix

replay: ready ## make the whole summer fair of 2012 in instance/replay
	@$(BIN)/flask fair replay

dev: address test-ready ## serve what `make run` made, in debug mode: reloads what is changed; with the worker
	@echo "Serving http://$(HOST):$(PORT) in a few seconds. Ctrl-C ends it."
	@BIND=$(HOST):$(PORT) PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/honcho -f Procfile.dev start --no-prefix

test: test-ready ## run the tests; some alone: make test T=tests/deals
	@$(BIN)/pytest $(or $(T),-n auto --dist worksteal -m "not endurance")

format: test-ready ## write code and templates in their one format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/python scripts/format_templates.py

lint: test-ready ## format, lint, types, reference data
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python scripts/format_templates.py --check
	@$(BIN)/mypy
	@$(BIN)/flask regions check
	@$(BIN)/flask products check

messages: ready ## bring the catalogue up to the texts of code and templates; what is new has no Chinese yet
	@$(BIN)/pybabel --quiet extract -F babel.cfg -k _l -k _n:1,2 -k _ln:1,2 -k lazy_gettext \
		-k lazy_ngettext:1,2 -k lazy_pgettext:1c,2 --no-location --sort-output --width 100 -o .venv/messages.pot .
	@$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
		--width 100 -i .venv/messages.pot -d market/translations -l zh_Hans_CN
	@awk '/^msgid /{text = $$0} /^msgstr ""$$/{getline; if (!length) print "no Chinese yet: " text}' $(CATALOGUE).po
	@$(MAKE) --no-print-directory $(CATALOGUE).mo

clocks: test-ready ## run the rooms that know time at another hour, date and zone
	@$(BIN)/python -m tests.clocks

check: lint ## run everything CI runs: lint, all tests with the long ones, and other clocks
	@$(BIN)/pytest -n auto --hypothesis-profile thorough
	@$(BIN)/python -m tests.clocks

.venv/bench-ready: requirements-bench.lock .venv/test-ready
	-@$(BIN)/python scripts/environment.py $< && touch $@

journeys: test-ready ## what people come for in a browser: taps, fields, seconds, also on slow 3G
	@$(BIN)/python -m tests.journeys

bench: ready .venv/bench-ready ## measure the whole fair beside other engines, each figure with its target
	@$(BIN)/python -m tests.benchmarks

bench-tenfold: ready .venv/bench-ready ## measure how the engines grow with ten times the data; takes many minutes
	@$(BIN)/python -m tests.benchmarks.tenfold

help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15
