# `make chat` and `make test` each need nothing but Python 3.10+, pip and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# As many tests at once as there are cores; each takes up to a gigabyte of memory.
SIDE_BY_SIDE := -n logical --maxprocesses 4 --dist worksteal
LOCK := requirements.lock

.DEFAULT_GOAL := help
.PHONY: help chat test test-slow test-engines test-peers snapshots check format lint types imports docs model bench lock wheel clean

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamps stand for an installed environment; they are made anew when what they need changes.
$(VENV)/.python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.10 or newer is needed; PYTHON=... names another" if sys.version_info < (3, 10) else 0)'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.chat: $(VENV)/.python pyproject.toml $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e '.[dev]'
	@touch $@ $(VENV)/.chat

chat: $(VENV)/.chat  ## install what is needed and open the chat
	@$(BIN)/assistant

test: $(VENV)/.dev  ## the fast tests
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

test-slow: $(VENV)/.dev  ## the tests that take minutes
	$(BIN)/python -m pytest -m slow

test-engines: $(VENV)/.dev  ## against real servers: mlx_lm.server, and vLLM where ASSISTANT_VLLM names its command
	$(BIN)/python -m pytest -m engines

test-peers: $(VENV)/.dev  ## comparisons with other programs
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e '.[peers]'
	$(BIN)/python -m pytest -m peers

$(VENV)/.training: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e '.[training]'
	@touch $@

snapshots: $(VENV)/.dev  ## accept the screens as they are drawn now (look at what changed)
	ACCEPT_SNAPSHOTS=1 $(BIN)/python -m pytest -q tests/snapshots

model: $(VENV)/.training  ## train the embedded model and its adapter again (hours)
	$(BIN)/python -m assistant.training all

bench: $(VENV)/.dev  ## measure the engine, comparisons, the exact rank and the screen
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e '.[bench]'
	$(BIN)/python -m benchmarks.engine --models tiny --cycles 100
	$(BIN)/python -m benchmarks.compare
	$(BIN)/python benchmarks/rank.py
	$(BIN)/python benchmarks/tui_first_paint.py
	$(BIN)/python benchmarks/tui_long_chat.py
	$(BIN)/python -m benchmarks.tui_throughput
	$(BIN)/python benchmarks/tui_latency.py
	$(BIN)/python benchmarks/tui_quitting.py

check: $(VENV)/.dev lint types imports docs test  ## everything that must hold before a commit

format: $(VENV)/.dev  ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.dev  ## formatting and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev  ## the types
	$(BIN)/mypy

imports: $(VENV)/.dev  ## the direction of the imports
	$(BIN)/lint-imports

docs: $(VENV)/.dev  ## the generated reference is up to date
	$(BIN)/python -m assistant.cli.reference --check

wheel: $(VENV)/.dev  ## build the wheel
	$(BIN)/python -m build --wheel

lock: $(VENV)/.dev  ## resolve the locked versions anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --no-python-downloads --universal --python-version 3.10 --extra dev --extra bench --no-header \
	  --no-emit-index-url --no-annotate -o $(LOCK) pyproject.toml

clean:  ## remove what was built
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
