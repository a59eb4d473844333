# Everything here needs only Python 3.11 or 3.12 and make; `diversion/local/bootstrap.py` brings the rest into .venv.
PYTHON ?= python3
BIN := .venv/bin
CODE := diversion courses payments
# The checks and tests use servers of their own, never the demo's data.
TEST_STATE := DIVERSION_STATE=$(or $(DIVERSION_STATE),$(CURDIR)/.local/test)

.PHONY: demo demo-reset test check bench docs lock

demo: ## The whole product on http://127.0.0.1:8000/ until Ctrl-C (PORT changes it)
	@$(PYTHON) diversion/local/bootstrap.py
	@$(BIN)/python -m diversion.local.demo

demo-reset: ## Remove the demo's data, so that the next start is the first
	@$(PYTHON) diversion/local/bootstrap.py
	@$(BIN)/python -m diversion.local.reset

test: check ## Every check and every test
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: ## Style, types, the one-way street, dangerous calls, forgotten migrations
	@$(PYTHON) diversion/local/bootstrap.py --dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE) manage.py
	$(BIN)/lint-imports
	$(BIN)/bandit -q -ll -r $(CODE)
	$(TEST_STATE) $(BIN)/python manage.py makemigrations --check --dry-run

bench: ## Measured figures, as a table and in bench/results.json
	@$(PYTHON) diversion/local/bootstrap.py --dev
	@$(BIN)/python -m bench

docs: ## The pages made from the code: docs/lifecycles.md, docs/permissions.md
	@$(PYTHON) diversion/local/bootstrap.py --dev
	$(TEST_STATE) $(BIN)/python -m tests.architecture.generate

lock: ## Pin the whole tree with hashes, from requirements*.txt
	@$(PYTHON) diversion/local/bootstrap.py --dev
	$(BIN)/uv pip compile $(LOCK) requirements.txt -o requirements.lock
	$(BIN)/uv pip compile $(LOCK) requirements-dev.txt -o requirements-dev.lock
lock: LOCK := --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make lock'
