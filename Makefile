# The front door. Needs make and Python 3.11 or later; everything else is set up on first use, in .venv/.
#
# Settings, on the command line or in the environment:
#   PYTHON=python3.12          the interpreter to make .venv with
#   ADDRESS=127.0.0.1:8000     where `make serve` listens
#   SITE_URL=, REPO_URL=       where the site and its repository are published, if they are
#   EDITIONS=1                 with `make site`: make the editions too, and offer them on the downloads page
#   COMPRESS=1                 with `make site`: put compressed copies (.gz, .br) beside the files
#   SEARCH=parts               put the index of the search into parts, of which a reader loads few, if the site grows large
#   POLICY_IN_PAGES=true       with `make site`: for hosts that send no headers, put the Content-Security-Policy in pages
#   DIAGRAMS=browser           leave drawing to Mermaid in the reader's browser (needs npm)
#   PROBLEMS=github, json      how `make check` writes problems
#   AGAINST=main               a git revision whose ids have to be there still, for `make check`
#   KIND=event ARGS='--set …'  what `make new` writes, and what is known of it

PYTHON ?= python3
ADDRESS ?= 127.0.0.1:8000
PROBLEMS ?= text
DIAGRAMS ?= $(if $(filter Linux-x86_64 Darwin-arm64,$(shell uname -s)-$(shell uname -m)),build,browser)

VENV := .venv
BIN := $(VENV)/bin
SITE := $(VENV)/site.installed
OFFLINE := $(VENV)/offline.installed
COMPRESSION := $(VENV)/compress.installed
PARTS := $(VENV)/search.installed
TOOLS := $(VENV)/tools.installed
MERMAID := node_modules/.package-lock.json

# Same input, same bytes: dates in the output are that of the last commit.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1546300800)
export NO_MKDOCS_2_WARNING := 1
export PYTHONPATH := hooks
export PIP_DISABLE_PIP_VERSION_CHECK := 1

ifeq ($(DIAGRAMS),browser)
export MERMAID_IN_BROWSER := true
SITE_NEEDS := $(SITE) $(MERMAID)
else
SITE_NEEDS := $(SITE)
endif

ifeq ($(SEARCH),parts)
SITE_NEEDS += $(PARTS)
endif

.DEFAULT_GOAL := help
.PHONY: help serve site check new schema test test-long offline format lint bench bench-scale bench-undrawn sbom audit lock clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# Each build removes and writes a thousand files and folders: a second on a disk, next to nothing in memory.
serve: export TMPDIR := $(shell test -w /dev/shm && test $$(df -Pk /dev/shm | awk 'END {print $$4}') -gt 1000000 && echo /dev/shm || echo $${TMPDIR:-/tmp})
serve: $(SITE_NEEDS) ## build the site, show it at http://ADDRESS/, rebuild when a file changes
	$(BIN)/mkdocs serve --livereload --dev-addr $(ADDRESS)

site: export SERVER_FOLDER := deploy
site: $(SITE_NEEDS) ## build the site into site/, and what servers need to know of it into deploy/
	$(BIN)/mkdocs build --strict --clean
	$(if $(filter 1,$(COMPRESS)),$(BIN)/python -m explainer compress site)

ifeq ($(COMPRESS),1)
site: $(COMPRESSION)
endif

ifeq ($(EDITIONS),1)
site: export EDITIONS_FOLDER := dist
site: offline
endif

check: $(SITE) ## report every problem in the data and the pages, and data that are not in their canonical form
	@$(BIN)/python -m explainer check --form --format $(PROBLEMS) $(if $(AGAINST),--against '$(AGAINST)')

new: $(SITE) ## write a new entry: make new KIND=actor, event, term, claim or source
	@$(BIN)/python -m explainer new $(KIND) $(ARGS)

schema: $(SITE) ## write the schemas for editors and the tables of data/README.md anew, after a change of the model
	$(BIN)/python -m explainer schema --out data/schema

test: $(SITE) $(OFFLINE) $(TOOLS) lint check ## lint, types, check, and all tests, those in a real browser included
	$(BIN)/python tests/browser.py
	$(BIN)/python tests/programs.py
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(MERMAID); fi
	$(BIN)/pytest -n 2

test-long: $(SITE) $(OFFLINE) $(TOOLS) ## the tests that take too long for make test: 10,000 cases of hostile input, more faults, the real site built again, weakened copies
	$(BIN)/python tests/programs.py
	$(BIN)/pytest -n 2 --dist=worksteal -m long

offline: $(SITE_NEEDS) $(OFFLINE) ## make the editions for readers without a network in dist/: zip, ZIM, EPUB, PDF
	@$(BIN)/python -m editions --out dist --name waging-peace

lint: $(SITE) $(OFFLINE) $(TOOLS) ## style and types of the code, and spelling everywhere
	$(BIN)/ruff format --check hooks editions tests bench
	$(BIN)/ruff check hooks editions tests bench
	$(BIN)/mypy
	$(BIN)/typos --format brief

format: $(SITE) $(OFFLINE) $(TOOLS) ## put the data and the code into their canonical form
	$(BIN)/python -m explainer format
	$(BIN)/ruff format hooks editions tests bench
	$(BIN)/ruff check --fix hooks editions tests bench

bench: $(SITE) $(TOOLS) ## measure what the hooks add to a build, how it grows with the data, how fast nginx serves it, and what readers get
	$(BIN)/python bench/build.py
	PYTHONPATH=hooks:tests $(BIN)/python bench/edits.py
	PYTHONPATH=hooks:tests $(BIN)/python bench/serving.py
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(MERMAID); fi
	PYTHONPATH=hooks:tests $(BIN)/python bench/drawing.py
	PYTHONPATH=hooks:tests $(BIN)/python bench/pages.py

bench-scale: $(SITE) $(TOOLS) ## measure how builds of invented projects grow, to ten thousand events; takes an hour
	$(BIN)/python bench/scale.py

bench-undrawn: $(SITE) $(TOOLS) ## measure what the hooks add where no page has a diagram, to ten thousand events; takes an hour
	$(BIN)/python bench/undrawn.py

sbom: $(SITE) $(OFFLINE) $(TOOLS) ## list all packages with versions and licences in dist/, as CycloneDX
	mkdir -p dist
	$(BIN)/cyclonedx-py environment --output-reproducible --of JSON -o dist/sbom-python.cdx.json $(BIN)/python
	@if command -v npm >/dev/null; then npm sbom --package-lock-only --sbom-format cyclonedx > dist/sbom-npm.cdx.json; fi

audit: $(TOOLS) ## look the pinned packages up among the known vulnerabilities (needs the network)
	$(BIN)/pip-audit --require-hashes --disable-pip $(patsubst %,-r %,$(wildcard requirements*.txt))
	@if command -v npm >/dev/null; then npm audit; fi

lock: $(SITE) ## pin new versions of everything (needs uv and npm)
	uv pip compile -q --upgrade --universal --generate-hashes --python-version 3.11.0 --no-header --no-annotate requirements.in -o requirements.txt
	uv pip compile -q --upgrade --universal --generate-hashes --python-version 3.11.0 --no-header --no-annotate requirements-offline.in -o requirements-offline.txt
	uv pip compile -q --upgrade --universal --generate-hashes --python-version 3.11.0 --no-header --no-annotate requirements-compress.in -o requirements-compress.txt
	uv pip compile -q --upgrade --universal --generate-hashes --python-version 3.11.0 --no-header --no-annotate requirements-search.in -o requirements-search.txt
	uv pip compile -q --upgrade --universal --generate-hashes --python-version 3.11.0 --no-header --no-annotate requirements-test.in -o requirements-test.txt
	npm update --package-lock-only

clean: ## remove everything that was made, .venv/ too
	rm -rf $(VENV) node_modules site deploy dist .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache

# --- Setting up -------------------------------------------------------------------------------------------------

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "make: Python 3.11 or later is needed; '$(PYTHON)' is not. Say which: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "make: Python's venv module is needed (on Debian: apt install python3-venv)." >&2; exit 1; }

$(SITE): requirements.txt | $(BIN)/pip
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(OFFLINE): requirements-offline.txt $(SITE)
	$(BIN)/pip install --quiet --require-hashes -r requirements-offline.txt
	@touch $@

$(COMPRESSION): requirements-compress.txt $(SITE)
	$(BIN)/pip install --quiet --require-hashes -r requirements-compress.txt
	@touch $@

$(PARTS): requirements-search.txt $(SITE)
	$(BIN)/pip install --quiet --require-hashes -r requirements-search.txt
	@touch $@

$(TOOLS): requirements-test.txt $(SITE) $(OFFLINE)
	$(BIN)/pip install --quiet --require-hashes -r requirements-test.txt
	@touch $@

$(MERMAID): package-lock.json package.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@
