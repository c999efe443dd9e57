# Fresh machine: Python >= 3.11, make and a C library. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; \
	done)
VENV := .venv
BIN := $(VENV)/bin
LOCKS := deploy/requirements
LOCKED := $(basename $(notdir $(wildcard $(LOCKS)/*.in)))
CODE := $(wildcard services shared deploy tests)

TIERLINE_HOME ?= .local
DEMO ?= 1
export TIERLINE_HOME DEMO

# A stamp is newer than the lock it was installed from, so a second call installs nothing.
RUN_STAMP := $(VENV)/.installed-all
DEV_STAMP := $(VENV)/.installed-dev
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Tierline needs Python 3.11 or newer on PATH (or make PYTHON=/path/to/python3.11)" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { echo "python -m venv failed: on Debian and Ubuntu install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(RUN_STAMP): $(LOCKS)/all.lock pyproject.toml | $(BIN)/python
	@echo "Installing packages (deploy/requirements/all.lock) ..."
	@$(INSTALL) --require-hashes --no-deps -r $(LOCKS)/all.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): $(LOCKS)/dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing packages (deploy/requirements/dev.lock) ..."
	@$(INSTALL) --require-hashes --no-deps -r $(LOCKS)/dev.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ $(RUN_STAMP)

run: $(RUN_STAMP) ## start everything in the foreground (DEMO=0: without the demo shop)
	@exec $(BIN)/python -m deploy.local

# Side by side, a file to a process and a Postgres to each; what starts whole stacks or kills them
# comes after that, two at a time: they wait more than they work.
STACKS := -n 2 --dist=loadfile tests/chaos tests/e2e
SIDE_BY_SIDE := -n auto --maxprocesses=4 --dist=loadfile
# Files that take minutes begin first: else one process works on the last of them alone.
LONG_FIRST := tests/contract/test_hostile.py tests/contract/test_openapi.py \
	tests/integration/ingest/test_import_real_data.py tests/integration/scoring/test_value_model_goals.py
PARTS := tests/property tests/contract tests/integration tests/unit

test: $(DEV_STAMP) ## the whole suite on its own embedded Postgres
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) --no-loadscope-reorder $(LONG_FIRST) $(PARTS)
	@$(BIN)/python -m pytest $(STACKS)

check: $(DEV_STAMP) ## format, lint, types, unit tests
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q $(SIDE_BY_SIDE) tests/unit

format: $(DEV_STAMP) ## rewrite the code as `make check` wants it
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

coverage: $(DEV_STAMP) ## the whole suite with branch coverage
	@$(BIN)/python -m pytest -q --cov --cov-report=term

browser: $(DEV_STAMP) ## every page of the console in chromium, on a stack with the demo shop
	@$(BIN)/python -m pytest -q tests/browser

screenshots: $(DEV_STAMP) ## docs/pictures: every page of the console, in both languages
	@$(BIN)/python -m tests.browser.pictures

bench: $(DEV_STAMP) ## measure: one table of ratios
	@$(BIN)/python -m tests.load

chaos: $(DEV_STAMP) ## kill -9 of ingest and Postgres under load, CHAOS_ROUNDS=50 times: one table
	@$(BIN)/python -m tests.chaos

compose-check: $(DEV_STAMP) ## build the images and prove docker-compose.yml with docker or podman
	@$(BIN)/python -m deploy.docker.check

lock: $(DEV_STAMP) ## resolve deploy/requirements/*.in again
	@for name in $(LOCKED); do \
		env -u PIP_FIND_LINKS -u UV_FIND_LINKS $(BIN)/uv pip compile --quiet --upgrade $(LOCKS)/$$name.in \
		--universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate -o $(LOCKS)/$$name.lock || exit 1; \
	done

env-example: $(DEV_STAMP) ## write .env.example from the settings classes
	@$(BIN)/python -m deploy.env_example > .env.example.new && mv .env.example.new .env.example

features-doc: $(DEV_STAMP) ## write docs/features.md from the tables of features
	@$(BIN)/python -m deploy.features_doc > docs/features.md.new && mv docs/features.md.new docs/features.md

kpis-doc: $(DEV_STAMP) ## write docs/kpis.md from the definitions of KPIs
	@$(BIN)/python -m deploy.kpis_doc > docs/kpis.md.new && mv docs/kpis.md.new docs/kpis.md

api-examples: $(DEV_STAMP) ## record the answers that the docs of feedback show
	@$(BIN)/python -m tests.contract.record_answers

clean: ## remove what was built or generated; local state only with ALL=1
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov build *.egg-info
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
	@if [ "$(ALL)" = 1 ]; then rm -rf $(VENV) "$(TIERLINE_HOME)"; else \
		echo "kept $(VENV) and $(TIERLINE_HOME) (make clean ALL=1 removes them too)"; fi

.PHONY: help run test check format coverage browser screenshots bench chaos compose-check lock env-example features-doc kpis-doc api-examples clean
