# gridcase: every task of this project. `make` alone shows this list.
# What is already done is not done again: the folder .venv/.done holds a mark for each finished step.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
DONE := .venv/.done
VENDOR := gridcase/web/static/vendor
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
PORT ?= 8000
DEMO_ARGS ?=
BENCH_ARGS ?=
PYTEST_ARGS ?=
# One more than the two cores that are asked for: tests wait for disks, servers and browsers, too.
JOBS ?= 3

.PHONY: help install demo test check bench manual assets dev browser lock clean

help: ## 显示本列表 · show this list
	@awk -F '## ' '/^[a-z]+:.*## / { split($$1, name, ":"); printf "  make %-8s %s\n", name[1], $$2 }' Makefile

install: $(DONE)/run ## 安装运行环境到 .venv · install what is needed to run, into .venv

demo: $(DONE)/run ## 演示：模拟一个月，启动网站 · play a month and serve it (PORT=8000 DEMO_ARGS="--cases 500")
	@$(MAKE) assets || echo "地图库未安装，页面用表格代替地图 · no map library: pages show a table instead" >&2
	@mkdir -p var
	$(BIN)/gridcase demo --reset --db sqlite:///var/demo.db --port $(PORT) $(DEMO_ARGS)

test: check assets browser ## 检查并运行全部测试 · all checks, then all tests (PYTEST_ARGS="tests/clock -x")
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

check: $(DONE)/dev ## 格式、类型、分层、篇幅、数据文件 · format, types, import contracts, sizes, data files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.house.sizes
	$(BIN)/gridcase check

bench: $(DONE)/dev ## 基准测试：数值、下限、比率 · benchmarks: figure, floor, ratio (ONLY=rank SIZE=big)
	PYTHONPATH=. $(BIN)/python tests/bench $(BENCH_ARGS)

manual: $(DONE)/dev assets browser ## 重做使用手册的插图 · make the pictures of the manual again (docs/manual)
	GRIDCASE_MANUAL=yes $(BIN)/python -m pytest tests/browser/test_manual.py

assets: $(VENDOR)/leaflet/leaflet.js ## 下载网页库 (npm) · fetch the libraries of the pages (npm)

dev: $(DONE)/dev ## 安装开发工具 · install the tools for tests and checks

browser: ## 安装测试用浏览器和中文字体 · install Chromium and Chinese fonts for the page tests
	@scripts/get-browser

lock: $(DONE)/dev ## 重新生成依赖锁文件 · write the lock files again
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --all-extras \
		pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --extra pg --extra pdf --extra reports --extra build \
		--constraint requirements.lock pyproject.toml --output-file requirements-run.lock
	npm install --package-lock-only --ignore-scripts

clean: ## 删除安装物和缓存，保留 var/ · remove what was installed and cached; keeps var/
	rm -rf .venv node_modules $(VENDOR) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist

$(BIN)/python:
	@scripts/make-venv

$(DONE)/run: requirements-run.lock pyproject.toml | $(BIN)/python
	@echo "安装依赖 · installing dependencies"
	@$(PIP) install --require-hashes --requirement requirements-run.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@mkdir -p $(DONE) && touch $@

$(DONE)/dev: requirements.lock pyproject.toml | $(BIN)/python
	@echo "安装依赖和开发工具 · installing dependencies and tools"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@mkdir -p $(DONE) && touch $@ $(DONE)/run

$(VENDOR)/leaflet/leaflet.js: package.json package-lock.json scripts/get-assets
	@scripts/get-assets $(VENDOR)
	@touch $@
