# The verbs of this project. On a fresh machine with Python 3.11 and make, each of them does its own set-up.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
BROWSER := chromium fonts-wqy-microhei fonts-noto-color-emoji

.PHONY: setup browser pictures demo story chapter2 test check format lint types clean lock

setup: $(STAMP)

$(STAMP): requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

# The county in a browser, with the clock in your hand.
demo: $(STAMP)
	$(BIN)/guixiao demo

# The same on the terminal, told.
story: $(STAMP)
	$(BIN)/guixiao demo --story

# The second chapter: one case up the whole ladder; its papers stay in story-papers/.
chapter2: $(STAMP)
	$(BIN)/guixiao demo --story --chapter 2

# A Chromium, a font for Chinese and one for emoji, from Debian; only where they are missing.
browser:
	@if command -v chromium >/dev/null && command -v fc-list >/dev/null && fc-list | grep -qi 'noto color emoji'; then exit 0; \
	elif [ "$$(id -u)" = 0 ]; then { apt-get update -qq; } ; { apt-get install -y -qq --no-install-recommends $(BROWSER) || command -v chromium >/dev/null; }; \
	else echo "Not root, so nothing is installed. For the pictures and the browser tests: sudo apt-get install $(BROWSER)" >&2; fi

# The pictures of the documentation, taken in the playground.
pictures: $(STAMP) browser
	$(BIN)/python -m bot.demo.pictures docs/images

# With a browser, which it brings along where it may; the tests that need one say so where it is missing.
test: $(STAMP) browser
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(STAMP) lint types test

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy .

# Writes both lock files anew; needs uv.
lock:
	uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q -o requirements-dev.lock

clean:
	rm -rf .venv build *.egg-info data
