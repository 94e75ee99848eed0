# Start with `make demo` and `make test`. Each target installs what it needs.
# Longer recipes are scripts in tools/.

# The Python interpreter of .venv: 3.10 or newer.
PYTHON ?= python3
# The number of tests that run in parallel. More than the cores, since tests wait: about half of the runs of `pulumi up`
# that fail take five seconds to end.
JOBS ?= 6
# The other Python versions under which `make test-package` runs the unit and provider tests, if they are installed.
# A test of the package runs them under 3.10, with the oldest dependencies.
PYTHONS ?= 3.13
# The benchmark that `make bench` runs: default takes about six minutes, full over an hour.
BENCH ?= default
# The random sequences of `make explore`: how many, and which. 5000 take about ten minutes of CPU time.
SEQUENCES ?= 5000
SEED ?= 1
# The port of `make local`. Pulumi.local.yaml has this one; for another, `make local` prints one more command.
PORT ?= 4599
# Where `make test-aws` keeps ledgers and reports. `make clean` leaves it alone, as an open ledger is the only trace of what
# an interrupted run left in the account.
ACCEPTANCE ?= .acceptance
# What `make mutants` changes, such as lifecycle/guard; all modules of tests/mutants.toml without it.
MUTANTS ?=
# The version of the Pulumi CLI, or newest. Without it, the one that everything is tested with, or a newer one on PATH.
CLI_VERSION ?=
# More arguments for pytest: make test-unit PYTEST_ARGS="-k tags -x"
PYTEST_ARGS ?=

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist load --maxschedchunk 1 $(PYTEST_ARGS)

# The Pulumi CLI for tests and demo. Pulumi's own files are kept in the checkout, not in the home directory.
export PULUMI_BEDROCK_CLI_BIN := $(CURDIR)/.tools/bin
export PULUMI_HOME := $(CURDIR)/.local/home
export PULUMI_SKIP_UPDATE_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-package test-aws test-aws-clean local setup venv cli lint format test-unit test-engine record-engine test-scenarios kill-points explore test-pythons mutants bench docs clean
# The order of a target's steps matters, and the steps that can use several cores do so themselves.
.NOTPARALLEL:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "Variables, explained at the top of the Makefile: PYTHON, JOBS, PYTHONS, MUTANTS, BENCH, SEQUENCES, SEED, PORT, ACCEPTANCE, CLI_VERSION, PYTEST_ARGS."

demo: setup ## Deploy, replace and destroy a custom model on a local Bedrock: one minute, no AWS account
	@$(BIN)/python tools/demo.py

test: setup lint ## Run all tests of the code
	$(PYTEST) --ignore=tests/package

test-package: setup test-pythons ## Build the package, and test it as a registry and its users would take it
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests/package

# `make test-aws` needs MODEL_ARN, or S3_URI and ROLE_ARN, of which it makes custom models. OTHER_MODEL_ARN adds the
# update in place; SLOW=1 adds the probes that wait an hour.
test-aws: setup ## Prove or disprove each assumption about AWS in your account: MODEL_ARN=… [OTHER_MODEL_ARN=…] [SLOW=1] [S3_URI=… ROLE_ARN=…]
	@$(BIN)/python -m acceptance --folder "$(ACCEPTANCE)" run --model-arn "$(MODEL_ARN)" --other-model-arn "$(OTHER_MODEL_ARN)" $(if $(SLOW),--slow) --s3-uri "$(S3_URI)" --role-arn "$(ROLE_ARN)"

test-aws-clean: setup ## Delete what an interrupted `make test-aws` left, by its ledger
	@$(BIN)/python -m acceptance --folder "$(ACCEPTANCE)" clean

local: setup ## Keep a local Bedrock running, and print the commands to deploy to it
	@$(BIN)/python tools/local.py --port $(PORT)

setup: venv cli ## Create .venv with all packages, and find, install or build the Pulumi CLI
	@$(if $(filter setup,$(MAKECMDGOALS)),echo "Set-up is complete. $(ACTIVATE)",:)

# A Pulumi language host that is older, or built from Go modules, ignores `virtualenv:` in Pulumi.yaml.
ACTIVATE := To run pulumi here, first activate the virtual environment: . .venv/bin/activate && \
	export PATH=\"$(CURDIR)/.tools/bin:\$$PATH\"

venv:
	@$(PYTHON) tools/make_venv.py .venv

cli: venv
	@$(BIN)/python tools/pulumi_cli.py --version "$(CLI_VERSION)" .tools/bin >/dev/null

lint: venv ## Check style, types, and imports between packages
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: venv ## Format all Python code
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

test-unit: venv ## Run the tests that need no Pulumi CLI: a minute or two
	$(PYTEST) tests/unit tests/provider tests/local tests/stack tests/tools

test-engine: setup ## Run the tests in the real Pulumi engine
	$(PYTEST) tests/engine

record-engine: setup ## Record what the engine sends to the dynamic host, and show what has changed since the last time
	PULUMI_BEDROCK_RECORD=1 $(PYTEST) tests/engine/test_recordings.py

test-scenarios: setup ## Run the fault scenarios: after every fault, no deployment is lost
	$(PYTEST) tests/scenarios

kill-points: setup ## Kill a run at every point of each lifecycle, in process and through the CLI: a quarter of an hour
	PULUMI_BEDROCK_ALL_KILL_POINTS=1 $(PYTEST) tests/stateful/test_kill_points.py tests/scenarios/test_kill_points.py

explore: venv ## Run other random sequences than `make test`, and more: SEQUENCES, SEED
	PULUMI_BEDROCK_SEQUENCES=$(SEQUENCES) PULUMI_BEDROCK_SEED=$(SEED) $(PYTEST) tests/stateful/test_sequences.py

mutants: venv ## Change the modules that decide, and show which changes no test notices: [MUTANTS="lifecycle/guard …"]
	@PYTHONHASHSEED=0 nice $(BIN)/python tools/mutants.py $(MUTANTS)

bench: setup ## Compare many deployments: this provider, a typical dynamic provider and a boto3 script
	@$(BIN)/python -m benchmarks $(BENCH) $(if $(filter default,$(BENCH)),--page docs/scale.md)

docs: ## Build the site of docs/ and the reference, and check its links
	@$(PYTHON) tools/make_venv.py --docs .venv-docs
	@.venv-docs/bin/python tools/build_docs.py .local/docs

test-pythons: venv ## Run the unit and provider tests under the other Python versions
	@$(BIN)/python tools/test_pythons.py $(PYTHONS) -- -n $(JOBS) $(PYTEST_ARGS)

clean: ## Delete what set-up and runs have created here, but no ledger or report of test-aws (a Pulumi CLI stays in the user's cache)
	rm -rf .venv .venv-* .tools .local .hypothesis .pytest_cache .*_cache provider/.*_cache provider/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
