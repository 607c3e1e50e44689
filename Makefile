# Voxcart. `make` alone lists what can be made.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FAST := not audio and not device and not slow

.DEFAULT_GOAL := help
.PHONY: help setup models test-models demo phone run test lint check bench fixtures clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) ## make .venv and install everything, system packages included

$(STAMP): pyproject.toml constraints.txt setup.sh
	@PYTHON=$(PYTHON) VENV=$(VENV) ./setup.sh
	@touch $@

models: setup ## fetch the speech models (about 290 MB, once)
	@$(BIN)/voxcart models fetch

test-models: setup
	@$(BIN)/voxcart models fetch --all

demo: models ## take a recorded call through the whole line and show what happened
	@$(BIN)/voxcart demo

phone: models ## call the shop with a real softphone on this machine, and take a whole order by telephone
	@$(BIN)/voxcart phone

run: models ## hold the conversation typed
	@$(BIN)/voxcart chat

test: test-models ## everything, the real models included
	@$(BIN)/python -m pytest -q -n auto -m "$(FAST)"
	@$(BIN)/python -m pytest -m "not ($(FAST))"

lint: setup ## format, lint, types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

check: lint ## what lint looks at, and the fast tests: before each commit
	@$(BIN)/python -m pytest -q -n auto -m "$(FAST)"

bench: test-models ## every figure of benchmarks/README.md (about 40 minutes; BENCH_DATA=folder of the recordings)
	@$(BIN)/python -m benchmarks $(if $(BENCH_DATA),--data $(BENCH_DATA))

fixtures: setup ## make the generated sound files and the hashes of the manifest again (needs flite)
	@$(BIN)/python audio_fixtures/make.py

clean: ## remove what was built; models and orders stay
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
