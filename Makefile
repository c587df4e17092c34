# Two commands do everything on a machine with Python 3.11 to 3.13 and make:
#   make demo    a demo city's outbreak -> plan -> report
#   make test    everything that tests need, then the tests

PYTHON ?= $(firstword $(foreach v,3.11 3.12 3.13 3,$(if $(shell python$(v) -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null | grep True),python$(v))))
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO ?= demo
DEMO_PEOPLE ?= 200000

# Byte code is made of what runs, when it first runs: of every library, while installing, it takes half of the time.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo serve test test-quick test-spark check format bench docs messages lock clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Douse needs Python 3.11 or newer: install it, or name it with make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## make a city with an outbreak, plan for it, say where the report is
	$(BIN)/douse demo --out $(DEMO) --people $(DEMO_PEOPLE)

serve: $(READY) ## the console of a department; the first run prints the administrator's link
	$(BIN)/douse serve

test: $(READY) ## all tests
	$(BIN)/pytest -n 2 --dist worksteal

test-quick: $(READY) ## the tests that take seconds
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow"

test-spark: $(READY) ## the tests of the engine spark: installs PySpark (400 MB); needs Java 17
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --no-build-isolation --require-hashes -r requirements-spark.lock
	$(BIN)/pytest -n 0 -m spark

check: $(READY) ## style, types, layers, known weaknesses
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet -ll -c pyproject.toml -r src/douse

format: $(READY) ## put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## the figures of docs/validation
	$(BIN)/python benchmarks/plan.py
	cd benchmarks && for figure in detectors farrington scan estimates nowcast forecast; do ../$(BIN)/python $$figure.py || exit 1; done

docs: $(READY) ## write the data dictionary from the tables, and the roles of the console from the policy
	$(BIN)/python -m douse dictionary > docs/data-dictionary.md
	$(BIN)/python -m douse.console.roles

messages: $(READY) ## collect the sentences for translation
	$(BIN)/pybabel extract -F babel.cfg -k Because -k say --add-location=file --no-wrap --sort-by-file -o src/douse/outputs/locale/douse.pot src/douse
	$(BIN)/pybabel update --no-wrap --no-fuzzy-matching --ignore-obsolete -D douse -i src/douse/outputs/locale/douse.pot -d src/douse/outputs/locale

lock: $(READY) ## renew requirements.lock and requirements-spark.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --python-version 3.11 --quiet --upgrade -o requirements.lock
	echo 'pyspark>=4.0,<4.1' | $(BIN)/uv pip compile - --constraint requirements.lock --universal \
		--generate-hashes --no-annotate --no-header --no-emit-index-url --python-version 3.11 --quiet --upgrade -o requirements-spark.lock

clean: ## remove what make made
	rm -rf $(VENV) $(DEMO) out .hypothesis .pytest_cache .ruff_cache .mypy_cache .import_linter_cache
