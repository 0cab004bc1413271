# Beraad. `make` shows what there is; `make run` and `make test` set themselves up on a bare machine.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SERVICES := membership meetings deliberation notifications
UV       := .tools/bin/uv
PYTHON   ?= >=3.11
BIN      := .venv/bin
READY    := .venv/.ready
INNER    := */domain/*,*/use_cases/*
BENCHES  := messaging response selection mail
EDITABLE := -e ./shared $(SERVICES:%=-e ./services/%)

export UV_NO_PROGRESS := 1

.PHONY: help setup run demo test coverage check lint types faults mutations proof proof-mutations bench bench-quick migrate docs release-contracts format lock servers clean migrations

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1mmake %-10s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Create .venv with everything locked by hash, and the beraad command

$(UV):
	@mkdir -p .tools/bin
	@if uv --version >/dev/null 2>&1; then ln -sf "$$(command -v uv)" $@; exit; fi; \
	if ! python3 -m pip --version >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "setup: installing python3-pip"; apt-get -qq update; apt-get -qq install -y --no-install-recommends python3-pip >/dev/null; \
	  else echo "setup: python3 has no pip. On Debian: apt-get install python3-pip" >&2; exit 1; fi; fi; \
	echo "setup: fetching uv into .tools"; \
	python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --upgrade --target .tools uv

$(READY): requirements.lock shared/pyproject.toml $(SERVICES:%=services/%/pyproject.toml) | $(UV)
	@rm -f $@
	@if ! command -v cc >/dev/null && ! command -v gcc >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "setup: installing a C compiler (gunicorn_h1c is built from source)"; apt-get -qq update; \
	    apt-get -qq install -y --no-install-recommends gcc libc6-dev python3-dev >/dev/null; \
	  else echo "setup: a C compiler is missing. On Debian: apt-get install gcc libc6-dev python3-dev" >&2; exit 1; fi; fi
	@$(BIN)/python -c '' 2>/dev/null || $(UV) venv -q --clear --no-project --no-python-downloads --python '$(PYTHON)' .venv
	@$(UV) pip sync -q --no-python-downloads --require-hashes --python .venv requirements.lock
	@$(UV) pip install -q --no-python-downloads --python .venv --no-deps --no-build-isolation $(EDITABLE)
	@touch $@
	@echo "setup: .venv is ready ($$($(BIN)/python --version))"

run: setup ## Start everything on this machine: http://127.0.0.1:8000
	@exec $(BIN)/beraad up

demo: setup $(if $(filter servers,$(STACK)),servers) ## Play the SMart case; STACK=servers for private PostgreSQL and RabbitMQ, REPORT=file.json, PAGES=folder
	@exec $(if $(filter servers,$(STACK)),env PYTHONPATH=tests $(BIN)/python -m servers.with_servers) \
	  $(BIN)/beraad demo smart $(if $(REPORT),--report $(REPORT)) $(if $(PAGES),--pages $(PAGES))

test: setup servers check ## All checks and all tests (what CI runs), with how much of the code they cover
	@$(BIN)/coverage erase
	@$(BIN)/pytest -n 2 -m "not long" --cov --cov-report=
	@printf 'coverage of domain and use cases, percent: '; $(BIN)/coverage report --format=total --include='$(INNER)' --fail-under=100
	@printf 'coverage of the rest, percent: '; $(BIN)/coverage report --format=total --omit='$(INNER)' --fail-under=95

coverage: setup ## What the last `make test` did not reach, line by line
	@$(BIN)/coverage report

check: lint types migrations ## Formatting, lints, types, what may import what, complete migrations
	@$(BIN)/lint-imports --no-logo

migrations: servers ## Let Alembic look for what the migrations lack, on both engines
	@PYTHONPATH=tests $(BIN)/python -m servers.check_migrations

lint: setup ## ruff: lints and formatting
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: setup ## mypy, strict
	@$(BIN)/mypy

format: setup ## Let ruff mend what it can
	@$(BIN)/ruff check --fix-only
	@$(BIN)/ruff format

docs: setup servers ## Write the pages that come from the code, and run what README and docs show
	@$(BIN)/python -m docs.generate
	@$(BIN)/pytest tests/docs

release-contracts: setup ## With each release: from now on the contracts as they are now may only grow
	@PYTHONPATH=tests $(BIN)/python -m contracts.compatibility

faults: setup servers ## Only the tests that kill, freeze or starve a server
	@$(BIN)/pytest -n 2 -m faults

mutations: setup servers ## Seed bugs in a copy of the kernel; the fault tests must catch each
	@PYTHONPATH=tests $(BIN)/python -m faults.mutations

bench: setup servers benchmarks/.venv/.ready ## Measure beside the peers, on private servers; BENCHES=response for a part; writes benchmarks/results.json
	@for part in $(BENCHES); do PYTHONPATH=tests:. $(BIN)/python -m benchmarks.$$part; done

proof: setup servers ## Play the process against its model in full: 2,000 x 50 steps in process, 200 x 40 through the API
	@PYTHONPATH=tests $(BIN)/python -m deliberation.process.proof

proof-mutations: setup ## Seed bugs in a copy of deliberation; the machine must catch each
	@PYTHONPATH=tests $(BIN)/python -m deliberation.process.mutations

bench-quick: setup servers benchmarks/.venv/.ready ## Whether the benchmarks work, with few events; writes nothing
	@for part in $(BENCHES); do PYTHONPATH=tests:. $(BIN)/python -m benchmarks.$$part --quick; done

benchmarks/.venv/.ready: benchmarks/peers.lock | $(UV)
	@$(UV) venv -q --clear --no-project --no-python-downloads --python '$(PYTHON)' benchmarks/.venv
	@$(UV) pip sync -q --no-python-downloads --require-hashes --python benchmarks/.venv benchmarks/peers.lock
	@touch $@

migrate: setup ## Bring the database of each service up to date
	@for service in $(SERVICES); do $(BIN)/beraad migrate $$service; done

servers: setup ## Install RabbitMQ, PostgreSQL, HAProxy, exim4 and calendar programs where the tests miss them
	@$(BIN)/python tests/servers/install.py

LOCK        := pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate
RUNTIME     := --no-emit-package beraad shared/pyproject.toml $(SERVICES:%=services/%/pyproject.toml)

lock: | $(UV) ## Lock all dependencies anew, and of them what the container image needs (no index address in a lock)
	@$(UV) $(LOCK) $(RUNTIME) --all-extras --group pyproject.toml:dev -o requirements.lock
	@$(UV) $(LOCK) $(RUNTIME) --all-extras -c requirements.lock -o deploy/requirements.lock
	@$(UV) $(LOCK) benchmarks/peers.in -o benchmarks/peers.lock
	@$(UV) $(LOCK) --group pyproject.toml:build -c requirements.lock -o deploy/build-requirements.lock

clean: ## Remove environment and caches, never data
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.*
