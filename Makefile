# Two commands do it all: `make demo` and `make test`. Both set up what they need by themselves.
# Every recipe is a line or two; what is more than that is in tools/.

# The interpreter for .venv: Python 3.10 or newer.
PYTHON ?= python3
# Tests at a time: more than cores, since most of them wait for other processes.
JOBS ?= 6
# The other Pythons that `make test` runs the unit and provider tests under, where they are installed.
PYTHONS ?= 3.10 3.13
# What `make bench` measures: default takes three minutes, full half an hour.
BENCH ?= default
# More arguments for pytest: make test-unit PYTEST_ARGS="-k tags -x"
PYTEST_ARGS ?=

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

# Where the tests and the demo find the Pulumi CLI. Pulumi's own files stay in the checkout, out of the user's home.
export PULUMI_BEDROCK_CLI_BIN := $(CURDIR)/.tools/bin
export PULUMI_HOME := $(CURDIR)/.local/home
export PULUMI_SKIP_UPDATE_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test local setup venv cli lint format test-unit test-engine test-scenarios test-pythons bench clean
# The steps of a target are in an order that matters, and those that can use more than one core do so themselves.
.NOTPARALLEL:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "Variables, explained at the top of the Makefile: PYTHON, JOBS, PYTHONS, BENCH, PYTEST_ARGS."

demo: setup ## Deploy, replace and destroy a custom model on a local Bedrock: a minute, no AWS account
	@$(BIN)/python tools/demo.py

test: setup lint test-pythons ## Run everything that CI runs
	$(PYTEST)

local: setup ## Keep a local Bedrock running, and print how to play with it
	@$(BIN)/python tools/local.py

setup: venv cli ## Make .venv with all packages, and find or make a Pulumi CLI

venv:
	@$(PYTHON) tools/make_venv.py .venv

cli: venv
	@$(BIN)/python tools/pulumi_cli.py .tools/bin >/dev/null

lint: venv ## Check style, types and the layers' imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: venv ## Put all Python code into the project's format
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

test-unit: venv ## Run the tests that need no Pulumi CLI: a minute or two
	$(PYTEST) tests/unit tests/provider tests/local tests/stack tests/tools

test-engine: setup ## Run the tests in the real Pulumi engine
	$(PYTEST) tests/engine

test-scenarios: setup ## Run the fault scenarios: whatever goes wrong, no deployment is lost
	$(PYTEST) tests/scenarios

bench: setup ## Measure many deployments at once: this provider, a usual one, a script and the floor
	@$(BIN)/python -m benchmarks $(BENCH)

test-pythons: venv ## Run the unit and provider tests under other Pythons too
	@$(BIN)/python tools/test_pythons.py $(PYTHONS) -- -n $(JOBS) $(PYTEST_ARGS)

clean: ## Remove all that set-up and runs have made here (the Pulumi CLI stays in the user's cache)
	rm -rf .venv .venv-* .tools .local .hypothesis .pytest_cache .*_cache provider/.*_cache provider/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
