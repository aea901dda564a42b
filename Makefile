# Everything happens in this folder: .venv (Python), .tools (commands), .cache (downloads).
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eo pipefail -c
MAKEFLAGS += --no-print-directory

VENV := $(CURDIR)/.venv
PYTHON := $(VENV)/bin/python
PYTEST := $(PYTHON) -m pytest -n 2
CIRCLECI := HOME="$(CURDIR)/.cache/circleci-home" CIRCLECI_CLI_TELEMETRY_OPTOUT=1 \
  .tools/bin/circleci --skip-update-check
# A compiled config repeats these files in every agent, so they have no `#!` line. In a
# shell without RANDOM, the process id alone names the copy of the code. `command cd /`
# can't fail.
STEP_FILES := scripts/guard.sh scripts/find_lock_file.sh scripts/run.sh
SHELL_FILES := tools/bootstrap.sh .ci/run \
  $(filter-out $(STEP_FILES),$(wildcard scripts/*.sh .circleci/*.sh))
# The tests that write the transcripts of the pages; tests/transcripts.py names them all.
TRANSCRIPTS := \
  tests/dte/circleci_client/test_commands.py::test_a_refused_rerun_is_explained \
  tests/scripts/test_rerun_guard.py::test_records_of_other_workflows_are_a_partial_rerun \
  tests/scripts/test_set_shas_messages.py::test_the_base_and_the_head_are_shown
SLOW_TRANSCRIPTS := tests/end_to_end/test_make_rehearse.py \
  tests/end_to_end/test_page_commands.py::test_the_recipe_hangs
JUNIT := --junitxml=.cache/reports/junit.xml
QUICK := not slow and not long and not cli
COVERAGE := --cov --cov-report=html:.cache/reports/coverage
export PATH := $(CURDIR)/.tools/bin:$(VENV)/bin:$(PATH)
export npm_config_cache := $(CURDIR)/.cache/npm
# Without bytecode, each of the tests' many short processes compiles what it imports.
unexport PYTHONDONTWRITEBYTECODE
export NAMESPACE VERSION

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install everything into this folder (every other target does this first)
	@tools/bootstrap.sh

.PHONY: setup-circleci
setup-circleci:
	@tools/bootstrap.sh circleci

.PHONY: rehearse
rehearse: setup ## show a failure, the refused partial rerun, and the full rerun
	@dte rehearse sample/.circleci/config.yml --project sample \
	  --orb your-namespace/dte=orb --set SAMPLE_PAYMENTS=off \
	  --then rerun-from-failed --then set:SAMPLE_PAYMENTS=on --then rerun-from-start \
	  --expect failed,failed,success --timeline .cache/rehearsal.svg

.PHONY: test
test: setup ## run the quick tests; ARGS="tests/orb -k pack" runs some of them
	@$(PYTEST) -n 3 $(JUNIT) -m "$(QUICK)" $(ARGS)

.PHONY: slow
slow: setup-circleci ## run the tests that `make test` leaves out, without the long ones
	@$(PYTEST) --dist=loadfile $(JUNIT) -m "(slow or cli) and not long" $(ARGS)

.PHONY: coverage
coverage: setup ## run the quick tests, and write .cache/reports/coverage/index.html
	@mkdir -p .cache/coverage
	@$(PYTEST) -n 3 $(COVERAGE) -m "$(QUICK)" $(ARGS)

.PHONY: check
check: setup-circleci ## run what CI runs: linters, types, packing, all but the long tests
	@status=0; \
	$(MAKE) -k -j2 static || status=1; \
	$(PYTEST) --dist=loadfile $(JUNIT) -m "not long" || status=1; \
	exit $$status

.PHONY: check-all
check-all: check ## run everything: `make check` and the long tests
	@$(PYTEST) --dist=loadfile -m long

.PHONY: static
static: lint types pack ## run every check that is not a test

.PHONY: lint
lint: setup ## run ruff, yamllint, shellcheck, vermin, check-jsonschema and orb_review
	@ruff check --quiet --output-format=concise .
	@ruff format --quiet --check .
	@yamllint --strict .
	@shellcheck $(SHELL_FILES)
	@shellcheck --shell=sh --exclude=SC3028,SC2164 $(STEP_FILES)
	@vermin -t=3.8- --violations --no-tips --quiet scripts
	@check-jsonschema --quiet --builtin-schema vendor.circle-ci \
	  .circleci/*.yml sample/.circleci/*.yml
	@$(PYTHON) -m tools.orb_review orb
	@echo "ok: lint"

# mypy's oldest Python is 3.10; vermin checks that the scripts run on 3.8.
.PHONY: types
types: setup ## run mypy, strict
	@mypy dte tests tools benchmarks
	@mypy --python-version 3.10 scripts

.PHONY: format
format: setup ## run ruff's formatter and its automatic fixes
	@ruff check --quiet --fix-only .
	@ruff format .

.PHONY: spec
spec: setup ## print the tests' docstrings as a specification of the behavior
	@$(PYTEST) -n 0 --collect-only --verbose --no-header | grep -vE '<(Dir|Package|Function) ' | uniq

.PHONY: docs
docs: setup ## generate the jobs, tables and transcripts; SLOW=yes: the slow transcripts, too
	@$(PYTHON) -m tools.reference
	@$(PYTEST) -n 0 -q --golden $(if $(SLOW),$(TRANSCRIPTS) $(SLOW_TRANSCRIPTS),\
	  $(TRANSCRIPTS)) > .cache/docs.log || { cat .cache/docs.log; exit 1; }

.PHONY: golden
golden: setup-circleci ## rewrite the golden files; read the difference before you commit
	@$(PYTEST) --golden -m "not slow and not long"

.PHONY: bench
bench: setup ## print the figures of the README
	@$(PYTHON) -m benchmarks

.PHONY: claim
claim: setup ## NAMESPACE=acme: put your registry namespace into every file
	@$(PYTHON) -m tools.publishing.claim
	@$(PYTHON) -m tools.reference

.PHONY: pack
pack: setup-circleci ## pack the orb into dist/orb.yml with CircleCI's CLI
	@mkdir -p dist .cache/circleci-home
	@$(CIRCLECI) orb pack orb > dist/orb.draft
	@mv dist/orb.draft dist/orb.yml
	@echo "ok: packed dist/orb.yml"

.PHONY: package
package: setup ## build the wheel and the sdist of dte-orb into dist/
	@rm -f dist/*.whl dist/*.tar.gz
	@$(PYTHON) -m hatchling build -d dist > /dev/null
	@echo "ok: $$(cd dist && echo *.whl *.tar.gz)"

.PHONY: release-check
release-check: static package ## VERSION=1.2.3: build all that is published, and check it
	@$(PYTHON) -m tools.publishing.readiness

.PHONY: lock
lock: setup ## lock the newest Python packages in tools/requirements.txt
	@tools/bootstrap.sh lock

.PHONY: clean
clean: ## remove everything that make installed or wrote
	@rm -rf .venv .tools .cache dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
