# Everything a fresh machine needs is Python 3.11 or newer, make and git; PYTHON=python3.12 chooses another interpreter.
PYTHON ?= python3
BIN := .venv/bin
# Numbers must not depend on the order of sets or on how many threads a library finds.
export PYTHONHASHSEED := 0
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
# A notebook stays in one process. Plugins for other kinds of tests would take a second in each of them to import.
NBVAL := --disable-plugin-autoload -p xdist -p nbval.plugin --numprocesses auto --dist loadfile
# Of all plugins that are installed only these are imported, in every worker.
PLUGINS := --disable-plugin-autoload -p xdist -p pytest_cov -p hypothesispytest -p pytest_httpserver

.PHONY: reports test types units nbval lab record check-charts digests mutants faults bench lock

reports: .venv/ready  ## bring the four standard reports in reports/ up to date
	$(BIN)/ties build

test: .venv/ready  ## all checks: style, types, units, data packages, notebooks, other pairs, pages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(MAKE) --jobs=2 --no-print-directory types units nbval  # two at a time: units wait now and then

types: .venv/ready
	$(BIN)/mypy

nbval: .venv/ready
	$(BIN)/pytest $(NBVAL) --quiet --nbval notebooks

# Tests are compiled with their asserts explained, which takes long: once, not in every process of every run.
units: export PYTHONDONTWRITEBYTECODE :=
units: .venv/ready
	@$(BIN)/python -m compileall -q src  # edited modules would be compiled in every process
	$(BIN)/pytest $(PLUGINS) --numprocesses logical --dist worksteal --doctest-modules \
		--cov --cov-report=term:skip-covered tests src

lab: .venv/ready  ## open JupyterLab on the notebooks
	$(BIN)/jupyter trust notebooks/*.ipynb
	$(BIN)/jupyter lab --notebook-dir=notebooks

record: .venv/ready  ## execute the notebooks and store their outputs
	$(BIN)/ties record

digests: .venv/ready  ## build all pairs and store what their reports say, for tests/test_pairs.py
	$(BIN)/python tests/test_pairs.py

mutants: .venv/ready  ## change measures and rules in small ways; which changes does no test notice?
	$(BIN)/python tests/mutants.py

check-charts: .venv/ready  ## draw the charts of all reports and look for faults (ten minutes)
	$(BIN)/python tests/check_charts.py

faults: .venv/ready  ## kill, stop and starve builds, damage all that is read; what is lost? (ten minutes)
	$(BIN)/python tests/faults.py

bench: .venv/ready  ## compare builds with what people use today, into benchmarks/build.md (an hour; one part: PART=--profile)
	$(BIN)/python benchmarks/build.py $(PART)

lock: .venv/ready  ## choose new versions of all dependencies
	uv pip compile --universal --python-version 3.11 --generate-hashes --all-extras --no-header --no-strip-extras \
		--upgrade --quiet --output-file requirements.lock pyproject.toml

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, $(PYTHON) is older: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Setting up .venv from requirements.lock (once)"
	@if command -v uv >/dev/null; then \
		uv venv --quiet --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv && \
		uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
		$(PYTHON) -m venv --clear .venv && \
		$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e . ; \
	fi
	@$(BIN)/python -m compileall -q src  # a machine may be set not to write what it compiles
	@touch $@
