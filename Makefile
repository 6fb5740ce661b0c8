# Targets: see `make help`.
PYTHON ?= python3
LOCK ?= requirements.lock
DEVLOCK ?= requirements-dev.lock
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
COMPILE = $(UV) pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-fast lint bench messages migration phone reset lock

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

setup: $(BIN)/hotline ## virtual environment and locked packages to run
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r $(LOCK)
	@$(BIN)/python -m infra.i18n.compile

setup-dev: $(BIN)/hotline
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r $(DEVLOCK)
	@$(BIN)/python -m infra.i18n.compile

$(UV):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check uv

$(BIN)/hotline: $(UV) Makefile
	@printf '#!%s/$(BIN)/python\nimport sys\nsys.dont_write_bytecode = False  # nine processes start at once: compile once for all\nsys.path.insert(0, "%s")\nfrom workers.main import main\nmain()\n' "$(CURDIR)" "$(CURDIR)" > $@
	@chmod +x $@

run: setup ## start everything, with a demo company
	@exec $(BIN)/hotline run

test: lint ## lint, types, import rules and every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile

test-fast: setup-dev ## rules only: no store, no browser
	@$(BIN)/python -m pytest tests/unit -n 0

lint: setup-dev ## ruff, format, mypy, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup ## measure, each figure against its ceiling
	@$(BIN)/hotline bench all

messages: setup-dev ## extract prompts and page texts, update every catalog
	@$(BIN)/python -m infra.i18n.extract

migration: setup ## MESSAGE="what it does": new migration from the models
	@$(BIN)/hotline migration "$(MESSAGE)"

phone: setup ## ring the hotline from this terminal
	@$(BIN)/hotline phone

reset: setup ## forget the demo company and start afresh
	@$(BIN)/hotline reset

lock: $(UV) ## renew the locked versions
	$(COMPILE) --group postgres -o requirements.lock
	$(COMPILE) --group postgres-alt -o requirements-pgalt.lock
	$(COMPILE) --group postgres --group dev -o requirements-dev.lock
