# Everything one does with Escarcelle. `make` alone lists it. The logic lies in scripts/, each of which says what it does.

# Any Python from 3.11 on, the machine's own first.
IS_RECENT := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
  $$p $(IS_RECENT) 2>/dev/null && { echo $$p; exit; }; done; echo python3)
needs_python = @$(PYTHON) $(IS_RECENT) 2>/dev/null || { echo "Il faut Python 3.11 ou plus récent : installez-le, ou indiquez-le (make PYTHON=/chemin/python3.11 …)."; exit 2; }
PORT ?= 8000
V := .venv/bin
PY := $(V)/python
SERVER := $(V)/granian --interface wsgi --no-ws escarcelle.config.wsgi:application

.DEFAULT_GOAL := help
.PHONY: help run test stories bench serve check format messages screenshots lock clean runtime dev

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: runtime ## set everything up and serve the demo groups on 127.0.0.1:8000 (PORT=…), with SQLite
	@PORT_TO_CHECK=$(PORT) SITE_URL=http://127.0.0.1:$(PORT) $(PY) scripts/prepare.py --demo
	@echo "Ctrl-C pour arrêter."
	@SITE_URL=http://127.0.0.1:$(PORT) exec $(SERVER) --host 127.0.0.1 --port $(PORT) --workers 1 --blocking-threads 8 --backpressure 32 --log-level error

test: dev ## run everything CI runs; T=path runs one file on SQLite in seconds
ifdef T
	@$(PY) -m pytest -q $(T)
else
	@$(PY) scripts/checks.py
endif

stories: dev ## run the acceptance stories alone; ends with “N passed, N failed”
	@$(PY) scripts/checks.py stories

check: dev ## format, lint, types, floors, migrations and templates, without the tests
	@$(PY) scripts/checks.py quick

bench: dev ## measure the pages and the ledger on both databases, into build/bench.json
	@mkdir -p build && rm -f build/bench.json
	@DATABASE_URL= $(PY) scripts/bench.py
	@$(PY) scripts/with_postgres.py --durable $(PY) scripts/bench.py

serve: runtime ## serve for real: SECRET_KEY and SITE_URL required; DATABASE_URL, HOST, PORT, WORKERS, THREADS
	@test -n "$$SECRET_KEY" -a -n "$$SITE_URL" || { echo "Indiquez SECRET_KEY et SITE_URL : voir docs/operating/settings.md."; exit 2; }
	@DEBUG=0 $(PY) manage.py check --deploy --fail-level WARNING
	@DEBUG=0 $(PY) scripts/prepare.py
	@DEBUG=0 exec $(SERVER) --host $${HOST:-127.0.0.1} --port $(PORT) --workers $${WORKERS:-2} --blocking-threads $${THREADS:-4} --workers-kill-timeout 30

screenshots: dev ## take the pictures of the README and of the guides again
	@$(PY) scripts/screenshots.py

messages: dev ## collect the sentences to translate into escarcelle/locale, and compile them
	@$(PY) scripts/translations.py collect

format: dev ## format code and templates
	@$(V)/ruff check --quiet --fix . ; $(V)/ruff format .
	@find escarcelle -path '*/templates/*' -name '*.html' -exec $(V)/djade --target-version 5.2 {} +

lock: dev ## lock the dependencies again, with hashes
	@for f in uv runtime dev; do $(V)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" requirements/$$f.in -o requirements/$$f.txt; done

clean: ## forget the environment and everything made; the data in var/ stays
	@rm -rf .venv build test-results var/static var/static.stamp .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find escarcelle/locale -name '*.mo' -delete 2>/dev/null || true

# What the targets above begin with: nothing to do, and they take a fraction of a second.
runtime:
	$(needs_python)
	@$(PYTHON) scripts/bootstrap.py runtime

dev:
	$(needs_python)
	@$(PYTHON) scripts/bootstrap.py dev $(if $(filter test screenshots,$(MAKECMDGOALS)),$(if $(T),$(if $(findstring journeys,$(T)),--browser),--browser))
	@$(PY) scripts/translations.py compile
