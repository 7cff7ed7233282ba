# The checks, included by the Makefile of the top folder. tests/README.md tells what is where.

TEST_PACKAGES := criterion jansson

# The steps of `make check`, in this order, and those that `make check-all` adds. Each is a target; a new check is a
# target of its own and a word here.
CHECK := layers unit cli installed
CHECK_ALL := cli-long sanitized-unit sanitized-cli sanitized-replay faults decoders reproducible report python

# Runs each step of a list, prints its time, and stops at the first that fails.
define STEPS
@for step in $(1); do \
    echo "== make $$step"; started=$$(date +%s); \
    $(MAKE) --no-print-directory -s $(JOBS) $$step || exit 1; \
    echo "== $$step: $$(($$(date +%s) - started)) s"; \
done
endef

.PHONY: check
check: ## install what is missing (DEPS=no: only say it), build, run what every change must pass, in four to five minutes
	@CC=$(CC) .ci/deps check
	$(call STEPS,all $(CHECK))

.PHONY: check-all
check-all: ## install what is missing (DEPS=no: only say it), build, run the longer checks that make check leaves out
	@CC=$(CC) .ci/deps check-all
	$(call STEPS,all $(CHECK_ALL))

# Unit tests. Criterion runs as many at a time as there are processors.
TEST_OBJECTS := $(patsubst %.c,$(OBJECTS)/%.o,$(sort $(wildcard tests/unit/*/*.c tests/conformance/*.c tests/web/products.c)))
TESTS := $(OBJECTS)/unit-tests

$(TESTS): $(TEST_OBJECTS) $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS) $(shell pkg-config --libs $(TEST_PACKAGES))

.PHONY: unit
unit: $(TESTS) ## run the unit tests (MODE=sanitize, TESTED='hog*/*' for some of them)
	$(TESTS) $(if $(TESTED),--filter '$(TESTED)')

# The command. bats runs several files at a time where GNU parallel is there: to start it again for every test took longer
# than most tests.
BATS = env -u MAKEFLAGS OCELLUS=$(COMMAND) bats $(if $(shell command -v parallel),--jobs $(PROCESSORS) --no-parallelize-within-files)

# Tests with the tag "long" take a second and a half or more on an idle machine; TESTED finds them as well.
.PHONY: cli cli-long
cli: all ## run the tests of the command (MODE=sanitize, TESTED='regular expression' for some of them)
	$(BATS) $(if $(TESTED),-f '$(TESTED)',--filter-tags '!long') tests/cli

cli-long: all ## run the tests of the command that make cli leaves out because they take long
	$(BATS) --filter-tags long tests/cli

.PHONY: installed
installed: all ## install below build/ and test what is there
	$(BATS) tests/install

.PHONY: exported
exported: all ## renew tests/install/exported.txt, the list of the names that the shared library exports
	nm -D --defined-only $(SHARED) | cut -d' ' -f3 | LC_ALL=C sort > tests/install/exported.txt

# With the sanitizers, as targets of their own for the lists above.
.PHONY: sanitized-unit sanitized-cli sanitized-replay
sanitized-unit: ## run the unit tests under AddressSanitizer and UndefinedBehaviorSanitizer
sanitized-cli: ## run the tests of the command under the sanitizers
sanitized-replay: ## run the fuzz targets over all inputs under the sanitizers
sanitized-unit sanitized-cli sanitized-replay: sanitized-%:
	@$(MAKE) --no-print-directory -s MODE=sanitize $*

# Fuzzing: tests/fuzz/NAME.c is the target of the programs fuzz-NAME (libFuzzer's, MODE=fuzz) and replay-NAME.
FUZZ_SHARED := tests/fuzz/replay.c tests/fuzz/support.c tests/fuzz/mutate.c
FUZZ_TARGETS := $(basename $(notdir $(filter-out $(FUZZ_SHARED),$(sort $(wildcard tests/fuzz/*.c)))))
FUZZ_INPUTS := $(BUILD)/fuzz-inputs
FUZZ_SECONDS := 60
FUZZ_LIBS = $(OC_LIBS) $(shell pkg-config --libs jansson)

$(OBJECTS)/fuzz-%: $(OBJECTS)/tests/fuzz/%.o $(OBJECTS)/tests/fuzz/support.o $(OBJECTS)/tests/fuzz/mutate.o $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(FUZZ_LIBS)

$(OBJECTS)/replay-%: $(OBJECTS)/tests/fuzz/%.o $(OBJECTS)/tests/fuzz/support.o $(OBJECTS)/tests/fuzz/replay.o $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(FUZZ_LIBS)

.SECONDARY: $(patsubst tests/fuzz/%.c,$(OBJECTS)/tests/fuzz/%.o,$(wildcard tests/fuzz/*.c))

$(FUZZ_INPUTS)/unpacked: tests/fuzz/inputs.tar.gz
	@tests/fuzz/inputs.sh unpack $(FUZZ_INPUTS)
	@touch $@

.PHONY: replay
replay: $(addprefix $(OBJECTS)/replay-,$(FUZZ_TARGETS)) $(FUZZ_INPUTS)/unpacked ## run the fuzz targets over all inputs that are kept
	@for target in $(FUZZ_TARGETS); do \
	    $(OBJECTS)/replay-$$target $$(ls -d $(FUZZ_INPUTS)/*/$$target) \
	        >$(OBJECTS)/replay.log 2>&1 || { tail -40 $(OBJECTS)/replay.log; exit 1; }; \
	    echo "$$target: $$(tail -1 $(OBJECTS)/replay.log)"; \
	done

.PHONY: fuzz
fuzz: ## fuzz every target for FUZZ_SECONDS (60), with clang; what reaches new code is in build/minimised
	@CC=clang .ci/deps fuzz
	@$(MAKE) --no-print-directory -s $(JOBS) all $(FUZZ_INPUTS)/unpacked
	@$(MAKE) --no-print-directory -s $(JOBS) MODE=fuzz CC=clang $(addprefix $(BUILD)/fuzz/fuzz-,$(FUZZ_TARGETS))
	@rm -rf $(BUILD)/seeds
	$(PYTHON) tests/fuzz/make_seeds.py $(COMMAND) $(BUILD)/seeds
	tests/fuzz/fuzz.sh $(BUILD) $(FUZZ_SECONDS) $(FUZZ_TARGETS)

# Faults: the command with allocations that fail, and a library that makes those of the whole process fail.
$(OBJECTS)/ocellus-faulty: $(CLI_OBJECTS) $(OBJECTS)/tests/fault/fail_after.o $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS)

$(BUILD)/fail_malloc.so: tests/fault/fail_malloc.c
	$(CC) -std=c11 -D_XOPEN_SOURCE=700 -O2 -fPIC -shared $(WARNINGS) -o $@ $<

# LONG=1 tries every place instead of a sample; MODE=sanitize makes Ocellus' own allocations fail only, and finds leaks.
$(BUILD)/meddle: tests/fault/meddle.c
	$(CC) -std=c11 -O2 $(WARNINGS) -o $@ $<

.PHONY: faults
faults: $(COMMAND) $(OBJECTS)/ocellus-faulty $(BUILD)/fail_malloc.so $(BUILD)/meddle ## let allocations, calls and disks fail, kill the command (LONG=1: everywhere)
	$(PYTHON) tests/fault/faults.py $(COMMAND) $(OBJECTS)/ocellus-faulty $(BUILD)/fail_malloc.so $(BUILD)/meddle $(if $(LONG),--long) \
	    $(if $(filter sanitize,$(MODE)),--only memory)

.PHONY: races
races: ## run every command on two threads under ThreadSanitizer
	@$(MAKE) --no-print-directory -s $(JOBS) MODE=thread all
	$(PYTHON) tests/fault/watched.py $(BUILD)/thread/ocellus

.PHONY: memcheck
memcheck: all ## run every command under valgrind
	@command -v valgrind >/dev/null || { echo 'valgrind is not installed' >&2; exit 1; }
	$(PYTHON) tests/fault/watched.py $(COMMAND) valgrind -q --error-exitcode=99 --leak-check=full \
	    --errors-for-leak-kinds=definite

.PHONY: long
long: all ## extract 200,000 files, strange names among them, in memory that grows by their paths alone
	$(PYTHON) tests/fault/long_run.py $(COMMAND)

.PHONY: large
large: all ## a set of 40 GB, 10,000 classes, 1,000,000 columns, longest sides, a long pipe (CASES='pipe sides' for some)
	$(PYTHON) tests/fault/large.py $(COMMAND) $(CASES)

.PHONY: decoders
decoders: $(LIBRARY) ## compare decoded pixels with Pillow, OpenCV and stb_image, where installed (FOLDER=photos: of these files)
	CC=$(CC) $(PYTHON) tests/conformance/decoders.py $(LIBRARY) $(FOLDER)

# Built again from a copy of the sources elsewhere, the results must be the same bytes.
AGAIN := $(abspath $(BUILD))/built-again-in-another-folder
.PHONY: reproducible
reproducible: all ## build twice in different folders and compare the bytes
	@rm -rf $(AGAIN) && mkdir -p $(AGAIN)/sources
	@cp -r Makefile include features src $(AGAIN)/sources
	@$(MAKE) --no-print-directory -s $(JOBS) -C $(AGAIN)/sources BUILD=$(AGAIN)/made MODE=$(MODE) all
	@for made in $(COMMAND:$(BUILD)/%=%) $(LIBRARY:$(BUILD)/%=%) $(SHARED:$(BUILD)/%=%); do \
	    cmp $(BUILD)/$$made $(AGAIN)/made/$$made && echo "the same bytes: $$made" || exit 1; \
	done
	@rm -rf $(AGAIN)

.PHONY: determinism
determinism: ## on what bytes depend: threads, compilers, kernels, OpenBLAS (a table)
	$(PYTHON) tests/determinism.py $(BUILD)/determinism

# The unit tests without Criterion, with CFLAGS='-isystem tests/machines'; and other machines (MACHINES='arm64 s390x' for
# some of them).
$(OBJECTS)/machine-tests: $(TEST_OBJECTS) $(OBJECTS)/tests/machines/runner.o $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS) $(shell pkg-config --libs jansson)

.PHONY: machines
machines: all ## build for aarch64, s390x and i386, run the unit tests there in an emulator, compare what is written
	TESTED='$(TESTED)' $(PYTHON) tests/machines/machines.py $(COMMAND) $(BUILD)/machines $(MACHINES)

.PHONY: report
report: all ## test the report in Chromium, where that is installed
	$(BATS) tests/web/report.bats

# The Python package, from the source tree. COVERED is the least part of its lines that the tests run.
COVERED := 90
.PHONY: python
python: all ## test the Python package, with the lines that the tests run (TESTED=test_model for one file)
	@export OCELLUS=$(abspath $(COMMAND)) OCELLUS_LIBRARY=$(abspath $(SHARED)) CC=$(CC) PYTHONDONTWRITEBYTECODE=1 \
	    PYTHONPATH=$(CURDIR)/src/python:$(CURDIR)/tests/python COVERAGE_FILE=$(abspath $(BUILD))/python.coverage; \
	$(PYTHON) -m coverage run --source=ocellus -m unittest $(or $(TESTED),discover -s tests/python) && \
	    $(PYTHON) -m coverage report $(if $(TESTED),,--fail-under=$(COVERED))

# The page with the classifier in it (examples/web).
$(BUILD)/web-step: $(OBJECTS)/tests/web/step.o $(OBJECTS)/examples/web/ocellus_web.o $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS)

$(BUILD)/web-modules: tests/web/package.json tests/web/package-lock.json
	@mkdir -p $@
	@cp $^ $@
	cd $@ && npm ci --silent --no-audit --no-fund
	@touch $@

.PHONY: check-web
check-web: ## install what is missing (DEPS=no: only say it), build the interactive page and test it and the report in a browser
	@CC=$(CC) .ci/deps check-web
	@$(MAKE) --no-print-directory -s $(JOBS) web report $(BUILD)/web-step $(BUILD)/web-modules
	PAGE=$(BUILD)/web/index.html OCELLUS=$(COMMAND) STEP=$(BUILD)/web-step IMAGES=$(FASHION)/test \
	    MODEL=$(BUILD)/web/fashion.model MODULES=$(BUILD)/web-modules node --test tests/web/page.test.mjs

.PHONY: coverage
coverage: ## which lines the tests run, in build/coverage/index.html; below 90 % it fails
	@CC=$(CC) .ci/deps coverage
	@$(MAKE) --no-print-directory -s $(JOBS) MODE=coverage all $(BUILD)/coverage/unit-tests
	@find $(BUILD)/coverage -name '*.gcda' -delete
	@$(MAKE) --no-print-directory -s MODE=coverage unit
	@$(MAKE) --no-print-directory -s MODE=coverage cli cli-long
	gcovr --root . --object-directory $(BUILD)/coverage --filter src/ --filter features/ --fail-under-line 90 \
	    --html-details $(BUILD)/coverage/index.html --txt --print-summary $(BUILD)/coverage

OURS = $(sort $(shell find include features src examples tests -name '*.[ch]'))
TIDY_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -DOC_VERSION=\"\" -DOC_RELEASED=\"\" -DOC_ISA=plain -Wall -Wextra -Iinclude -I. \
    $(PACKAGE_CFLAGS)
# The number of functions that have more than six parameters. It may only fall.
LONG_LISTS := 3

.PHONY: layers
layers: all ## who includes whom, long lists of parameters, how texts name options
	OBJECTS=$(OBJECTS) tests/lint/layers.sh
	$(PYTHON) tests/lint/parameters.py --most $(LONG_LISTS) src features
	$(PYTHON) tests/lint/texts.py

.PHONY: lint
lint: ## formatting, include layers, lists of parameters, cppcheck, clang-tidy
	@CC=$(CC) .ci/deps lint
	@echo clang-format; clang-format --dry-run --Werror $(OURS)
	@$(MAKE) --no-print-directory -s layers
	cppcheck -j2 --quiet --std=c11 --enable=warning,performance,portability --suppress=missingIncludeSystem \
	    --suppressions-list=tests/lint/cppcheck.txt --error-exitcode=1 -DOC_ISA=plain -Iinclude -I. src features
	@echo clang-tidy; printf '%s\n' $(filter %.c,$(filter src/% features/%,$(OURS))) | \
	    xargs -n 4 -P 2 sh -c 'clang-tidy --quiet "$$@" -- $(TIDY_CFLAGS)' clang-tidy 2>$(BUILD)/clang-tidy.log

.PHONY: format
format: ## write every C file as .clang-format has it
	clang-format -i $(OURS)

# Benchmarks: tests/bench/NAME.c is the program bench-NAME; bench.py runs the rows.
BENCHMARKS := $(patsubst tests/bench/%.c,$(BUILD)/release/bench-%,$(wildcard tests/bench/*.c))

$(OBJECTS)/bench-%: $(OBJECTS)/tests/bench/%.o $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS)

.PHONY: bench
bench: all $(BENCHMARKS) ## time ours against the limits and the peers (QUICK=1: a minute; ROWS="hog_kernel kmeans")
	CC=$(CC) tests/bench/bench.py --build $(BUILD) $(if $(QUICK),--quick) $(ROWS)

-include $(TEST_OBJECTS:.o=.d) $(wildcard $(OBJECTS)/tests/*/*.d)
