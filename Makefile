# Everything happens in this folder: .venv (Python), .tools (commands), .cache (downloads).
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eo pipefail -c
MAKEFLAGS += --no-print-directory

VENV := $(CURDIR)/.venv
PYTHON := $(VENV)/bin/python
PYTEST := $(PYTHON) -m pytest
export PATH := $(CURDIR)/.tools/bin:$(PATH)
export npm_config_cache := $(CURDIR)/.cache/npm

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install everything into this folder (every other target does it by itself)
	@tools/bootstrap.sh

.PHONY: setup-circleci
setup-circleci:
	@tools/bootstrap.sh circleci

.PHONY: rehearse
rehearse: setup ## run the whole story: a failure, the refused partial rerun, the full rerun
	@$(VENV)/bin/dte rehearse sample/.circleci/config.yml --project sample \
	  --orb your-namespace/dte=orb --set SAMPLE_PAYMENTS=off \
	  --then rerun-from-failed --then set:SAMPLE_PAYMENTS=on --then rerun-from-start \
	  --expect failed,failed,success

.PHONY: test
test: setup ## run the tests that need no real Nx and no build of CircleCI's command line
	@$(PYTEST) -n 2 -m "not slow and not cli"

.PHONY: spec
spec: setup ## print what the tests say about the behaviour, as a specification
	@$(PYTHON) -m tools.spec

.PHONY: check
check: setup-circleci ## everything that CI runs: all tests, all linters, types, schemas, packing
	@$(PYTHON) -m tools.check

.PHONY: lint
lint: setup ## ruff, yamllint, shellcheck, vermin, schemas
	@$(PYTHON) -m tools.check lint

.PHONY: format
format: setup ## let ruff format and mend what it can
	@$(PYTHON) -m ruff check --quiet --fix-only .
	@$(PYTHON) -m ruff format .

.PHONY: types
types: setup ## mypy, strict
	@$(PYTHON) -m tools.check types

.PHONY: docs
docs: setup ## write what follows from the orb's commands: jobs, reference, tables
	@$(PYTHON) -m tools.reference

.PHONY: golden
golden: setup-circleci ## write the golden files anew; look at the difference before you commit
	@$(PYTEST) --golden -m "not slow"

.PHONY: bench
bench: setup ## print the figures of the README
	@$(PYTHON) -m benchmarks

.PHONY: claim
claim: setup ## NAMESPACE=acme: put your registry namespace into every file
	@$(PYTHON) -m tools.publishing claim "$$NAMESPACE"

.PHONY: pack
pack: setup-circleci ## pack the orb into dist/orb.yml with CircleCI's command line
	@$(PYTHON) -m tools.publishing pack

.PHONY: validate
validate: setup-circleci ## let CircleCI validate the packed orb
	@$(PYTHON) -m tools.publishing validate

.PHONY: publish-dev
publish-dev: setup-circleci ## publish the orb as @dev:alpha (DEV=beta: as @dev:beta)
	@$(PYTHON) -m tools.publishing publish-dev "$${DEV:-alpha}"

.PHONY: publish
publish: setup-circleci ## VERSION=1.2.3: publish a release, after checking that it is one
	@$(PYTHON) -m tools.publishing publish "$$VERSION"

.PHONY: lock
lock: setup ## write tools/requirements/python.txt anew, with today's versions
	@$(PYTHON) -m tools.lock

.PHONY: clean
clean: ## remove everything that make installed or wrote
	@rm -rf .venv .tools .cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
