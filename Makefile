# Everything one does with Escarcelle. `make` alone lists it.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
PORT ?= 8000
V := .venv/bin
PYTEST := $(V)/python -m pytest
.DEFAULT_GOAL := help
.PHONY: help run serve test check sqlite postgres journeys stories bench messages format lock clean runtime dev

help:  ## list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

runtime:
	@$(PYTHON) scripts/bootstrap.py runtime
	@$(V)/python scripts/translations.py

dev:
	@$(PYTHON) scripts/bootstrap.py dev --browser
	@$(V)/python scripts/translations.py

run: runtime  ## set everything up and serve the demo on 127.0.0.1:8000, with SQLite
	@$(V)/python manage.py collectstatic --noinput -v0 -i 'redoc*'
	@$(V)/python manage.py migrate -v0
	@$(V)/python manage.py createcachetable
	@SITE_URL=http://127.0.0.1:$(PORT) $(V)/python manage.py demo
	@SITE_URL=http://127.0.0.1:$(PORT) exec $(V)/granian --interface wsgi --host 127.0.0.1 --port $(PORT) --workers 1 --blocking-threads 8 --no-ws --log-level warning escarcelle.config.wsgi:application

serve: runtime  ## serve for real: needs SECRET_KEY and SITE_URL, takes DATABASE_URL, HOST, PORT, WORKERS
	@test -n "$$SECRET_KEY" -a -n "$$SITE_URL" || { echo "serve needs SECRET_KEY and SITE_URL: see docs/operating/settings.md"; exit 2; }
	@$(V)/python manage.py check --deploy --fail-level WARNING
	@$(V)/python manage.py collectstatic --noinput -v0 -i 'redoc*'
	@$(V)/python manage.py migrate -v0
	@$(V)/python manage.py createcachetable
	@exec $(V)/granian --interface wsgi --host $${HOST:-127.0.0.1} --port $(PORT) --workers $${WORKERS:-2} --blocking-threads 4 --no-ws --workers-kill-timeout 30 escarcelle.config.wsgi:application

ifdef T
test: dev  ## run everything CI runs; T=path runs one file, on SQLite
	@$(PYTEST) -q -p no:randomly $(T)
else
test: dev check sqlite postgres
endif

check:  ## format, lint, types, import floors, migrations, templates
	@$(V)/ruff format --check .
	@$(V)/ruff check .
	@$(V)/mypy escarcelle
	@$(V)/lint-imports --no-cache
	@$(V)/python manage.py makemigrations --check --dry-run
	@$(V)/djade --check --target-version 5.2 $$(git ls-files 'escarcelle/*.html')

sqlite:  ## the tests on SQLite
	@$(PYTEST) -q -n 2 tests

postgres:  ## the tests on a PostgreSQL started for them
	@$(V)/python scripts/with_postgres.py $(PYTEST) -q -n 2 tests

stories: dev  ## the acceptance stories alone; ends with “N passed, N failed”
	@$(PYTEST) -q -p no:randomly -p tests.plain_count tests/stories

messages:  ## collect the sentences to translate
	@$(V)/pybabel -q extract -F babel.cfg -k gettext_lazy -k gettext_noop -k pgettext_lazy:1c,2 -k ngettext:1,2 -o escarcelle/locale/messages.pot .
	@$(V)/pybabel -q update -i escarcelle/locale/messages.pot -d escarcelle/locale -D django -l en --no-fuzzy-matching
	@rm escarcelle/locale/messages.pot

format:  ## format code and templates
	@$(V)/ruff format . && $(V)/ruff check --fix .
	@$(V)/djade --target-version 5.2 $$(git ls-files 'escarcelle/*.html')

lock:  ## lock the dependencies again, with hashes
	@for f in uv runtime dev; do $(V)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements/$$f.in -o requirements/$$f.txt; done

clean:  ## forget the environment and everything made; the data in var/ stays
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
