# Ocellus: classic image features and one linear classifier. `make help` lists what there is to make.

CC ?= cc
BUILD ?= build
MODE ?= release
VERSION := 0.1.0
RELEASED := November 21, 2026
# The packages that tests need are for Debian's Python, which another one may hide.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)

# pkg-config names; .ci/deps knows the Debian package of each.
PACKAGES := libpng libjpeg libexif jansson libutf8proc zlib openblas
# Compiled in from their headers, not linked with.
HEADER_PACKAGES := libxxhash
TEST_PACKAGES := criterion

OBJECTS := $(BUILD)/$(MODE)

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
MODE_release := -O2 -g
MODE_sanitize := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
MODE_thread := -O1 -g -fsanitize=thread
MODE_coverage := -O1 -g --coverage -fprofile-update=atomic
MODE_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-pass-failed
OC_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -DOC_VERSION='"$(VERSION)"' -fPIC -pthread -fopenmp-simd $(WARNINGS) \
    $(MODE_$(MODE)) $(REPRODUCIBLE) -Iinclude -I. $(PACKAGE_CFLAGS)
# Where it was built must not show: the same sources give the same bytes.
REPRODUCIBLE = -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(BUILD)=build
OC_LIBS = $(PACKAGE_LIBS) -pthread -lm
# Asked once, and only when something is compiled: `make deps` may have to install pkg-config first.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) $(HEADER_PACKAGES)))$(PACKAGE_CFLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := $(shell pkg-config --libs $(PACKAGES)))$(PACKAGE_LIBS)

# Kernels: *_kernels.c is compiled once for each processor family (src/base/dispatch.h).
# Multiply-add may be fused, sqrtf need not set errno, comparisons may become masks; none of it reorders a sum.
KERNEL_FLAGS := -O3 -ffp-contract=fast -fno-math-errno -fno-trapping-math
ifeq ($(shell uname -m),x86_64)
ISAS := plain avx2 avx512
else
ISAS := plain
endif
ISA_plain :=
ISA_avx2 := -mavx2 -mfma -mf16c -mbmi -mbmi2
ISA_avx512 := $(ISA_avx2) -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512

SOURCES := $(sort $(wildcard $(addsuffix /*.c,features $(addprefix src/,base image dataset matrix learn model evaluate))))
KERNELS := $(filter %_kernels.c,$(SOURCES))
LIB_OBJECTS := $(patsubst %.c,$(OBJECTS)/%.o,$(filter-out $(KERNELS),$(SOURCES))) \
    $(foreach isa,$(ISAS),$(patsubst %.c,$(OBJECTS)/%.$(isa).o,$(KERNELS)))
CLI_OBJECTS := $(patsubst %.c,$(OBJECTS)/%.o,$(sort $(wildcard src/cli/*.c)))
TEST_OBJECTS := $(patsubst %.c,$(OBJECTS)/%.o,$(sort $(wildcard tests/unit/*.c tests/conformance/*.c)))

LIB_OBJECTS += $(OBJECTS)/src/evaluate/report_page.o

LIBRARY := $(OBJECTS)/libocellus.a
HEADERS := $(sort $(wildcard include/ocellus/*.h))
# The interface has the number 0.1, 0.2 and so on until version 1.0, when it becomes the major number alone.
MAJOR := $(firstword $(subst ., ,$(VERSION)))
INTERFACE := $(if $(filter 0,$(MAJOR)),$(basename $(VERSION)),$(MAJOR))
SONAME := libocellus.so.$(INTERFACE)
SHARED := $(OBJECTS)/libocellus.so.$(VERSION)
COMMAND := $(if $(filter release,$(MODE)),$(BUILD)/ocellus,$(OBJECTS)/ocellus)
TESTS := $(OBJECTS)/unit-tests

.PHONY: all
all: $(COMMAND) $(LIBRARY) $(if $(filter release,$(MODE)),$(SHARED)) ## build the command build/ocellus and the library

$(LIBRARY): $(LIB_OBJECTS)
	@rm -f $@
	@$(AR) rcsD $@ $^

$(SHARED): $(LIB_OBJECTS) $(OBJECTS)/libocellus.map
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--no-undefined \
	    -Wl,--version-script,$(OBJECTS)/libocellus.map -o $@ $(LIB_OBJECTS) $(OC_LIBS)

# What the public headers declare is visible in the shared library, and nothing else.
$(OBJECTS)/libocellus.map: $(HEADERS) Makefile
	@mkdir -p $(@D)
	@{ echo 'OCELLUS_$(INTERFACE) {'; echo 'global:'; \
	    sed -nE '/^typedef/!s/^[a-z][a-z0-9_ *]*[ *](oc_[a-z0-9_]+)(\(|\[|;).*/    \1;/p' $(HEADERS); \
	    echo 'local: *;'; echo '};'; } > $@

$(COMMAND): $(CLI_OBJECTS) $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS)

$(TESTS): $(TEST_OBJECTS) $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS) $(shell pkg-config --libs $(TEST_PACKAGES))

# Benchmarks: tests/bench/name.c is the program bench-name; bench.py runs the rows.
BENCHMARKS := $(patsubst tests/bench/%.c,$(BUILD)/release/bench-%,$(wildcard tests/bench/*.c))
.PHONY: bench
bench: all $(BENCHMARKS) ## time ours against the limits and the peers (QUICK=1: a minute; ROWS="hog_kernel kmeans")
	CC=$(CC) tests/bench/bench.py --build $(BUILD) $(if $(QUICK),--quick) $(ROWS)

$(OBJECTS)/bench-%: $(OBJECTS)/tests/bench/%.o $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS)

# Fuzzing: tests/fuzz/name.c is the target of the programs fuzz-name (libFuzzer's, MODE=fuzz) and replay-name.
FUZZ_SHARED := tests/fuzz/replay.c tests/fuzz/support.c
FUZZ_TARGETS := $(basename $(notdir $(filter-out $(FUZZ_SHARED),$(sort $(wildcard tests/fuzz/*.c)))))

$(OBJECTS)/fuzz-%: $(OBJECTS)/tests/fuzz/%.o $(OBJECTS)/tests/fuzz/support.o $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(OC_LIBS)

.SECONDARY: $(patsubst tests/fuzz/%.c,$(OBJECTS)/tests/fuzz/%.o,$(wildcard tests/fuzz/*.c))

$(OBJECTS)/replay-%: $(OBJECTS)/tests/fuzz/%.o $(OBJECTS)/tests/fuzz/support.o $(OBJECTS)/tests/fuzz/replay.o $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS)

# The command with allocations that fail, and a library that makes those of the whole process fail (tests/fault).
$(OBJECTS)/ocellus-faulty: $(CLI_OBJECTS) $(OBJECTS)/tests/fault/fail_after.o $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS)

$(BUILD)/fail_malloc.so: tests/fault/fail_malloc.c
	$(CC) -std=c11 -D_XOPEN_SOURCE=700 -O2 -fPIC -shared $(WARNINGS) -o $@ $<

$(OBJECTS)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(OC_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The template of the report as an array of bytes.
$(OBJECTS)/src/evaluate/report_page.c: src/evaluate/report.html Makefile
	@mkdir -p $(@D)
	@{ echo '#include "src/evaluate/report_page.h"'; echo 'const unsigned char oc_report_page[] = {'; \
	    od -An -v -tu1 $< | sed 's/ *\([0-9][0-9]*\)/\1,/g'; echo '0};'; } > $@

$(OBJECTS)/src/evaluate/report_page.o: $(OBJECTS)/src/evaluate/report_page.c
	$(CC) $(OC_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(OBJECTS)/src/cli/manual.o: OC_CFLAGS += -DOC_RELEASED='"$(RELEASED)"'

define KERNEL_RULE
$$(OBJECTS)/%_kernels.$(1).o: %_kernels.c Makefile
	@mkdir -p $$(@D)
	$$(CC) $$(OC_CFLAGS) $$(KERNEL_FLAGS) $$(ISA_$(1)) -DOC_ISA=$(1) $$(CFLAGS) -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(ISAS),$(eval $(call KERNEL_RULE,$(isa))))

-include $(patsubst %.o,%.d,$(LIB_OBJECTS) $(CLI_OBJECTS) $(TEST_OBJECTS)) $(wildcard $(OBJECTS)/tests/bench/*.d)

# The page with the classifier in it, as WebAssembly: one file. Without OpenBLAS, the codecs and JSON: products in plain
# C, pixels and models from JavaScript. What is not used is left out by the linker.
EMCC ?= emcc
WEB := $(BUILD)/web
WEB_SOURCES := $(filter-out $(addprefix src/,base/json_memory.c base/output.c image/exif.c image/jpeg.c image/png.c \
    image/pixel_hash.c image/pixel_hash_kernels.c \
    image/png_encode.c image/png_write.c matrix/blas.c),$(wildcard features/*.c $(addprefix src/,base/*.c image/*.c \
    learn/*.c matrix/*.c evaluate/explain.c))) $(wildcard examples/web/*.c)
WEB_OBJECTS := $(patsubst %.c,$(WEB)/%.o,$(WEB_SOURCES))
WEB_CFLAGS := -std=c11 -D_XOPEN_SOURCE=700 -DOC_VERSION='"$(VERSION)"' -fopenmp-simd -msimd128 -O2 $(WARNINGS) -Iinclude -I.

$(WEB)/%_kernels.o: WEB_CFLAGS += $(KERNEL_FLAGS) -DOC_ISA=plain
$(WEB)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(EMCC) $(WEB_CFLAGS) -MMD -MP -c -o $@ $<

$(WEB)/ocellus.wasm: $(WEB_OBJECTS)
	$(EMCC) -O2 --no-entry -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH -sTOTAL_STACK=1048576 -o $@ $^

# A small model for the page to begin with, and images to try it on.
$(WEB)/fashion.model: $(COMMAND)
	@data/fashion-mnist.sh $(FASHION) $(COMMAND)
	@mkdir -p $(@D)
	$(COMMAND) train $(FASHION)/train -f hog:cell=4 -o $@

$(WEB)/index.html: $(WEB)/ocellus.wasm $(WEB)/fashion.model $(wildcard examples/web/*.*)
	examples/web/assemble.py $(WEB)/ocellus.wasm $(WEB)/fashion.model $(FASHION)/test >$@.part
	@mv $@.part $@

-include $(patsubst %.o,%.d,$(WEB_OBJECTS))

.PHONY: web
web: ## install what is missing (DEPS=no: only say it), build the interactive page build/web/index.html (examples/web)
	@CC=$(CC) .ci/deps web
	@$(MAKE) --no-print-directory -s $(JOBS) $(WEB)/index.html
	@echo "$(WEB)/index.html"

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
	@$(MAKE) --no-print-directory -s $(JOBS) all $(WEB)/index.html $(BUILD)/web-step $(BUILD)/web-modules
	OCELLUS=$(BUILD)/ocellus bats tests/web/report.bats
	PAGE=$(WEB)/index.html OCELLUS=$(BUILD)/ocellus STEP=$(BUILD)/web-step IMAGES=$(FASHION)/test \
	    MODEL=$(WEB)/fashion.model MODULES=$(BUILD)/web-modules node --test tests/web/page.test.mjs

JOBS := -j$(shell getconf _NPROCESSORS_ONLN)
FASHION := $(BUILD)/fashion-mnist
DEMO_SPECS := -f pixels:size=28,gray=1 -f hog:cell=4 -f words:count=800,gray=1 \
    -f hog:cell=4+words:count=800,gray=1

.PHONY: demo
demo: ## install what is missing (DEPS=no: only say it), build, compare features on Fashion-MNIST, classify some of its images
	@CC=$(CC) .ci/deps demo
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@data/fashion-mnist.sh $(FASHION) $(COMMAND)
	$(COMMAND) compare $(FASHION)/train --test $(FASHION)/test $(DEMO_SPECS) -o $(BUILD)/demo.safetensors \
	    --report $(BUILD)/demo.html
	$(COMMAND) classify $(BUILD)/demo.safetensors $(addprefix $(FASHION)/test/,Bag/00030.png Coat/00006.png Sandal/00008.png Trouser/00002.png)

.PHONY: check
check: ## install what is missing (DEPS=no: only say it), build, run every test, plain and under the sanitizers
	@CC=$(CC) .ci/deps check
	@$(MAKE) --no-print-directory -s $(JOBS) all $(BUILD)/release/unit-tests
	@$(MAKE) --no-print-directory -s $(JOBS) MODE=sanitize all $(BUILD)/sanitize/unit-tests
	$(BUILD)/release/unit-tests
	OCELLUS=$(BUILD)/ocellus bats tests/cli
	OCELLUS=$(BUILD)/ocellus bats tests/install
	@$(MAKE) --no-print-directory -s reproducible
	@$(MAKE) --no-print-directory -s $(JOBS) replay faults decoders
	OCELLUS=$(BUILD)/ocellus bats tests/web/report.bats
	$(BUILD)/sanitize/unit-tests
	OCELLUS=$(BUILD)/sanitize/ocellus bats tests/cli
	@$(MAKE) --no-print-directory -s $(JOBS) MODE=sanitize replay

.PHONY: replay
replay: $(addprefix $(OBJECTS)/replay-,$(FUZZ_TARGETS)) ## run the fuzz targets over their corpus and all past crashes
	@for target in $(FUZZ_TARGETS); do \
	    $(OBJECTS)/replay-$$target $$(ls -d tests/fuzz/corpus/$$target tests/fuzz/crashes/$$target 2>/dev/null) \
	        >$(OBJECTS)/replay.log 2>&1 || { tail -40 $(OBJECTS)/replay.log; exit 1; }; \
	    echo "$$target: $$(tail -1 $(OBJECTS)/replay.log)"; \
	done

# LONG=1 tries every place instead of a sample; MODE=sanitize makes Ocellus' own allocations fail only, and finds leaks.
.PHONY: faults
faults: $(COMMAND) $(OBJECTS)/ocellus-faulty $(BUILD)/fail_malloc.so ## let allocations, calls and disks fail, kill the command
	$(PYTHON) tests/fault/faults.py $(COMMAND) $(OBJECTS)/ocellus-faulty $(BUILD)/fail_malloc.so $(if $(LONG),--long) \
	    $(if $(filter sanitize,$(MODE)),--only memory)

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

.PHONY: decoders
decoders: $(LIBRARY) ## compare decoded pixels with Pillow, OpenCV and stb_image, those of them that are installed
	CC=$(CC) $(PYTHON) tests/conformance/decoders.py $(LIBRARY)

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

.PHONY: coverage
coverage: ## which lines the tests run, in build/coverage/index.html; below 90 % it fails
	@CC=$(CC) .ci/deps coverage
	@$(MAKE) --no-print-directory -s $(JOBS) MODE=coverage all $(BUILD)/coverage/unit-tests
	@find $(BUILD)/coverage -name '*.gcda' -delete
	$(BUILD)/coverage/unit-tests
	OCELLUS=$(BUILD)/coverage/ocellus bats tests/cli
	gcovr --root . --object-directory $(BUILD)/coverage --filter src/ --filter features/ --fail-under-line 90 \
	    --html-details $(BUILD)/coverage/index.html --txt --print-summary $(BUILD)/coverage

OURS = $(sort $(shell find include features src examples tests -name '*.[ch]'))
TIDY_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -DOC_VERSION=\"\" -DOC_RELEASED=\"\" -DOC_ISA=plain -Wall -Wextra -Iinclude -I. \
    $(PACKAGE_CFLAGS)
.PHONY: lint
lint: ## formatting, include layers, circles between files, cppcheck, clang-tidy
	@CC=$(CC) .ci/deps lint
	@$(MAKE) --no-print-directory -s $(JOBS) MODE=release all
	@echo clang-format; clang-format --dry-run --Werror $(OURS)
	OBJECTS=$(BUILD)/release tests/lint/layers.sh
	cppcheck -j2 --quiet --std=c11 --enable=warning,performance,portability --suppress=missingIncludeSystem \
	    --suppressions-list=tests/lint/cppcheck.txt --error-exitcode=1 -DOC_ISA=plain -Iinclude -I. src features
	@echo clang-tidy; printf '%s\n' $(filter %.c,$(filter src/% features/%,$(OURS))) | \
	    xargs -n 4 -P 2 sh -c 'clang-tidy --quiet "$$@" -- $(TIDY_CFLAGS)' clang-tidy 2>$(BUILD)/clang-tidy.log

.PHONY: format
format: ## write every C file as .clang-format has it
	clang-format -i $(OURS)

FUZZ_SECONDS := 60
.PHONY: fuzz
fuzz: ## fuzz every target for FUZZ_SECONDS (60), with clang
	@CC=clang .ci/deps fuzz
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@$(MAKE) --no-print-directory -s $(JOBS) MODE=fuzz CC=clang $(addprefix $(BUILD)/fuzz/fuzz-,$(FUZZ_TARGETS))
	@rm -rf $(BUILD)/seeds
	$(PYTHON) tests/fuzz/make_seeds.py $(COMMAND) $(BUILD)/seeds
	for target in $(FUZZ_TARGETS); do mkdir -p $(BUILD)/corpus/$$target && \
	    $(BUILD)/fuzz/fuzz-$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2500 -max_len=8192 \
	        -print_final_stats=1 -artifact_prefix=$(BUILD)/$$target- $(BUILD)/corpus/$$target \
	        tests/fuzz/corpus/$$target $(BUILD)/seeds/$$target || exit 1; \
	done

.PHONY: deps
deps: ## install the packages that building and testing need
	@CC=$(CC) .ci/deps check

# Where things go; DESTDIR comes before all of them.
PREFIX ?= /usr/local
override PREFIX := $(abspath $(PREFIX))
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share

# Every command has its page: the names come from the table of commands.
COMMANDS := $(shell sed -n 's/^ *\.name = "\([a-z]*\)",/\1/p' src/cli/*.c)
MANUAL := ocellus.1 $(COMMANDS:%=ocellus-%.1) ocellus-stages.7 ocellus.3
COMPLETION := $(DATADIR)/bash-completion/completions
INSTALLED := $(BINDIR)/ocellus $(addprefix $(LIBDIR)/,libocellus.a $(notdir $(SHARED)) $(SONAME) libocellus.so pkgconfig/ocellus.pc) \
    $(HEADERS:include/%=$(INCLUDEDIR)/%) $(foreach page,$(MANUAL),$(DATADIR)/man/man$(subst .,,$(suffix $(page)))/$(page)) \
    $(addprefix $(DATADIR)/doc/ocellus/,LICENSE README.md) $(COMPLETION)/ocellus

.PHONY: install
install: all ## install command, libraries, headers and manual pages below PREFIX (and DESTDIR)
	install -d $(sort $(addprefix $(DESTDIR),$(dir $(INSTALLED))))
	install -m 755 $(COMMAND) $(DESTDIR)$(BINDIR)/ocellus
	install -m 644 $(LIBRARY) $(SHARED) $(DESTDIR)$(LIBDIR)
	ln -sf $(notdir $(SHARED)) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libocellus.so
	install -m 644 $(HEADERS) $(DESTDIR)$(INCLUDEDIR)/ocellus
	install -m 644 LICENSE README.md $(DESTDIR)$(DATADIR)/doc/ocellus
	sed -e 's/^\.Dd .*/.Dd $(RELEASED)/' -e 's/^\.Os .*/.Os Ocellus $(VERSION)/' include/ocellus.3 \
	    > $(DESTDIR)$(DATADIR)/man/man3/ocellus.3
	@for page in $(filter %.1 %.7,$(MANUAL)); do \
	    topic=$${page%.*}; topic=$${topic#ocellus}; \
	    $(COMMAND) help $${topic#-} --format man > $(DESTDIR)$(DATADIR)/man/man$${page##*.}/$$page || exit 1; \
	done
	$(COMMAND) help --format bash > $(DESTDIR)$(COMPLETION)/ocellus
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR:$(PREFIX)/%=$${prefix}/%)' \
	    'includedir=$(INCLUDEDIR:$(PREFIX)/%=$${prefix}/%)' '' 'Name: Ocellus' \
	    'Description: Classic image features and one linear classifier' 'Version: $(VERSION)' \
	    'Cflags: -I$${includedir}' 'Libs: -L$${libdir} -locellus' 'Libs.private: -pthread -lm' \
	    'Requires.private: $(PACKAGES)' > $(DESTDIR)$(LIBDIR)/pkgconfig/ocellus.pc

.PHONY: uninstall
uninstall: ## remove what install put there
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	@for folder in $(addprefix $(DESTDIR),$(INCLUDEDIR)/ocellus $(DATADIR)/doc/ocellus); do \
	    if [ -d $$folder ]; then rmdir $$folder; fi; \
	done

.PHONY: clean
clean: ## remove build/
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
