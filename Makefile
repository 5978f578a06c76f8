# `make help` lists the commands. Each sets up what it lacks and says what it is doing.
SHELL := /bin/bash
.DEFAULT_GOAL := help

UV = $(or $(shell command -v uv),$(CURDIR)/var/tools/bin/uv)
PY := .venv/bin/python
NLU := nlu/.venv/bin/python
export UV PYTHON310

.PHONY: help setup run test test-scale check audit train talk chromium postgresql redis \
        score-understanding compare-understanding score-recalls score-guidance import-recalls \
        bench-push bench-recalls bench-planning bench-labels bench-console bench bench-crash hostile soak transcripts officer clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | \
	  awk -F'\t' '{printf "  make %-20s %s\n", $$1, $$2}'

run: setup ## start everything; prints the address of the chat page; Ctrl-C stops all
	@exec $(PY) -m bot run

test: setup chromium postgresql redis check train ## set up what is missing and run the whole suite
	$(PY) -m pytest -n 2 --dist loadgroup

test-scale: train postgresql redis ## TALKS=60: eight processes as on several machines, with kills (long)
	@FIRST_PORT=$(or $(FIRST_PORT),21000) $(PY) -m bench.scale  # no port that a connection may take meanwhile

check: setup ## style and types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

audit: setup ## known holes in the pinned packages of runtime one; without a network it says so
	@$(PY) -m bench.audit  # known holes in pinned packages; without a network it says so and passes

setup: .venv/ready nlu/.venv/ready ## install both runtimes

train: setup ## train the model of this tree, if it is not trained yet
	$(NLU) -m nlu.train var/models

talk: setup ## the dialogue in a terminal; reads lines from a pipe too
	@$(PY) -m bench.talk

score-understanding: setup ## SET=f.jsonl: intents and entities of the whole pipeline
	@$(PY) -m bench.score_understanding $(SET)

compare-understanding: setup ## SET=f.jsonl SHARE=4: other pipelines beside ours (long)
	@$(PY) -m bench.compare_understanding $(SET) $(or $(SHARE),1)

score-recalls: setup ## SET=f.jsonl: the notice shown for a recall question
	@$(PY) -m bench.score_recalls $(SET)

score-guidance: setup ## SET=f.jsonl OUT=g.jsonl: what a rights question is answered with
	@$(PY) -m bench.score_guidance $(SET) $(OUT)

import-recalls: setup ## SOURCE=samr FILES="a.html b.html": recall notices from saved pages and tables
	@$(PY) -m bot import-recalls $(SOURCE) $(FILES)

bench: train ## REPEATS=3 TURNS=500: stock Rasa with DIET beside ours, and docs/bench.md anew (long)
	@$(PY) -m bench.turns

bench-crash: train ## TALKS=200: disputes on the web page while processes are killed and come back (long)
	@$(PY) -m bench.crash

hostile: train ## COUNT=10000 MINUTES=0: hostile messages on the web page, and who was not answered (long)
	@$(PY) -m bench.hostile

soak: train ## MINUTES=60: steady talks at half of what the machine can, and the memory each minute
	@$(PY) -m bench.soak

bench-push: setup ## PEOPLE=5000: a recall notice to a town; also with faults and 20 kills (long)
	@PEOPLE=$(or $(PEOPLE),5000) $(PY) -m bench.push

bench-recalls: setup ## NOTICES=100000: our recall lookup beside SQLite's full text, same notices
	@NOTICES=$(or $(NOTICES),100000) $(PY) -m bench.recall_lookup

bench-planning: setup ## PEOPLE=100000: chats while a recall notice to a town is planned
	@PEOPLE=$(or $(PEOPLE),100000) $(PY) -m bench.push_planning

bench-labels: setup chromium ## forty pictures of labels that the project makes itself: models and barcodes read
	@$(PY) -m bench.labels

bench-console: setup ## DISPUTES=100000: pages and searches of the officers' queue, beside a tenth of as many
	@DISPUTES=$(or $(DISPUTES),100000) $(PY) -m bench.console

transcripts: train ## docs/talks.md and docs/answers.md anew: two disputes, ten answers
	@$(PY) -m bench.transcripts

officer: setup ## NAME=张三 ROLE=administrator: an account for the officers' desk (/desk)
	@$(PY) -m bot officer "$(NAME)" "$(ROLE)"

clean: ## delete runtimes, model, records and logs of this folder
	rm -rf .venv nlu/.venv var

# ── what the commands above need ──

.venv/ready: pyproject.toml uv.lock | var/tools/ready
	@echo "· installing runtime one (everything that touches people and data)"
	@$(UV) sync --quiet --frozen
	@touch $@

nlu/.venv/ready: nlu/pyproject.toml nlu/uv.lock nlu/find_python.sh | var/tools/ready
	@echo "· installing runtime two (Rasa, about 2.5 GB; some minutes on a slow line)"
	@python=$$(nlu/find_python.sh) && $(UV) sync --quiet --frozen --project nlu --python "$$python"
	@touch $@

var/tools/ready:
	@mkdir -p var/tools
	@command -v uv >/dev/null || { echo "· installing uv into var/tools"; \
	  python3 -m venv var/tools && var/tools/bin/pip install --quiet uv; }
	@touch $@

chromium:
	@command -v chromium >/dev/null || { echo "· installing Chromium for the tests"; \
	  apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; }

postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { echo "· installing PostgreSQL for the tests"; \
	  apt-get update -qq && apt-get install -y -qq postgresql >/dev/null; }

redis:
	@command -v redis-server >/dev/null || { echo "· installing Redis for the tests"; \
	  apt-get update -qq && apt-get install -y -qq redis-server >/dev/null; }
