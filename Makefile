# Needs make and Python >= 3.11 with pip; everything else is fetched into .venv/ and the user's cache.
# A step done once is remembered in .venv/ (files .made-*), until pyproject.toml or constraints.txt change.

PYTHON ?= python3
# Where torch alone is taken from, e.g. the CPU index that PyTorch's installation page gives.
TORCH_INDEX ?=
# Tests side by side; each computes on one thread, so that they do not fight over the cores.
WORKERS ?= 2
# The models that make test-llm fetches: a chat model, and the better embedding model.
CHAT_MODEL ?= qwen2.5-coder-1.5b-instruct
SEARCH_MODEL ?= embeddinggemma-300m
# How long that may take; what has come is kept for the next time.
PULL_SECONDS ?= 3600
# More arguments for the command behind a target: make test ARGS="-k lock -x"
ARGS ?=
# What `make bench` ingests, and the questions it asks of it.
CORPUS ?= samples/graphomotricite
QUESTIONS ?= tests/data/sample_questions.jsonl

VENV := .venv
BIN := $(VENV)/bin
# -qq: errors only; pip's notices (root user, index settings) are not for the person who waits.
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-compile -c constraints.txt
# pip compiles 30,000 files one after another (100 s here); this, those in use, on every core.
COMPILE := $(BIN)/python -W ignore -m compileall -qq -j 0 $(VENV)/lib \
  -x '/(tests?|kubernetes|sympy|transformers/models)/' || true
SERIAL := OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false

.DEFAULT_GOAL := help
.PHONY: help run test test-slow test-browser test-llm lint format types lock check-lock bench clean

help:
	@echo "make run           tout installer, charger la communauté d'exemple, ouvrir http://127.0.0.1:7860"
	@echo "                   (set everything up, load the sample community, serve the page)"
	@echo "make test          tout installer, lancer les tests  (set up, run the tests)"
	@echo
	@echo "make lint          ruff: check + format --check       make format   ruff: mend both"
	@echo "make types         mypy --strict"
	@echo "make check-lock    constraints.txt: agrees with pyproject.toml, and still resolves"
	@echo "make lock          constraints.txt: made anew (LOCK=--upgrade for newer versions)"
	@echo "make test-slow     a wheel installed elsewhere, damaged and huge files"
	@echo "make test-browser  the page, driven in Chromium       (Debian: chromium)"
	@echo "make test-llm      the large models themselves        (about 2.3 GB, see models pull)"
	@echo "make bench         CORPUS=DIR ingested and timed, QUESTIONS=FILE.jsonl... asked of it"
	@echo "make clean         remove what make made in this folder; never a library, never models"
	@echo
	@echo "PYTHON=python3.12  TORCH_INDEX=URL  WORKERS=2  ARGS=...   (see README.md)"

# --- set-up -------------------------------------------------------------------------------------

$(VENV)/.made-venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11+ : make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Environnement virtuel / virtual environment: $(VENV)"
	@# Debian's python3 has no ensurepip without python3-venv; the pip that is there serves as well.
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
	  $(PYTHON) -m venv --clear --without-pip $(VENV) && \
	  $(PYTHON) -m pip --python $(BIN)/python install -qq pip; }
	@touch $@

$(VENV)/.made-torch: constraints.txt $(VENV)/.made-venv
ifneq ($(TORCH_INDEX),)
	@echo "torch: $(TORCH_INDEX)"
	@$(PIP) --no-deps --index-url "$(TORCH_INDEX)" torch
endif
	@touch $@

$(VENV)/.made-run: pyproject.toml constraints.txt $(VENV)/.made-torch
	@echo "Installation verrouillée / locked install: 3 min environ la première fois / the first time"
	@$(PIP) -e .
	@echo "Préparation des paquets / getting the packages ready: 1 min environ / about a minute"
	@$(COMPILE)
	@touch $@

$(VENV)/.made-dev: pyproject.toml constraints.txt $(VENV)/.made-torch
	@echo "Installation verrouillée / locked install (dev): 3 min environ la première fois / the first time"
	@$(PIP) -e '.[dev,postgres]'
	@echo "Préparation des paquets / getting the packages ready: 1 min environ / about a minute"
	@$(COMPILE)
	@touch $@ $(VENV)/.made-run

$(VENV)/.made-model: $(VENV)/.made-run
	@$(BIN)/python scripts/run.py --model-only
	@touch $@

# --- use ----------------------------------------------------------------------------------------

run: $(VENV)/.made-model
	@$(BIN)/python scripts/run.py

# --- checks -------------------------------------------------------------------------------------

test: $(VENV)/.made-dev $(VENV)/.made-model
	$(SERIAL) $(BIN)/python -m pytest -n $(WORKERS) -m "not slow and not browser and not llm" $(ARGS)

test-slow: $(VENV)/.made-dev $(VENV)/.made-model
	$(SERIAL) $(BIN)/python -m pytest -n $(WORKERS) -m "slow and not browser and not llm" $(ARGS)

test-browser: $(VENV)/.made-dev $(VENV)/.made-model
	$(BIN)/python -m pytest -m browser $(ARGS)

test-llm: $(VENV)/.made-dev $(VENV)/.made-model
	@# without a model its tests skip, and say so
	-@timeout $(PULL_SECONDS) $(BIN)/python -m copassist models pull $(CHAT_MODEL)
	-@timeout $(PULL_SECONDS) $(BIN)/python -m copassist models pull $(SEARCH_MODEL)
	$(BIN)/python -m pytest -m llm $(ARGS)

lint: $(VENV)/.made-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.made-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.made-dev
	$(BIN)/mypy

check-lock: $(VENV)/.made-dev
	$(BIN)/python scripts/check_lock.py --resolve

lock: $(VENV)/.made-dev
	$(BIN)/python scripts/lock.py $(LOCK)

bench: $(VENV)/.made-dev $(VENV)/.made-model
	@rm -rf .make/bench  # what another corpus left would be asked too
	$(BIN)/python -m benchmarks.ingestion $(CORPUS) --library .make/bench
	@for file in $(QUESTIONS); do \
	  echo "$$file"; $(BIN)/python -m copassist eval "$$file" --library .make/bench $(ARGS) || exit; \
	done

clean:
	rm -rf $(VENV) .make build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis ci-output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
