# Ocellus: classic image features and one linear classifier. `make help` lists what there is to make.
# It builds and installs; src/compiler.mk has the compiler's flags, tests/check.mk the checks, examples/web/Makefile the page.

CC ?= cc
BUILD ?= build
MODE ?= release
VERSION := 0.1.0
RELEASED := November 21, 2026
# pkg-config names; .ci/deps knows the Debian package of each.
# OpenBLAS goes first: the loader looks up 14,000 of its symbols, in every library before it too.
PACKAGES := openblas libpng libjpeg libexif libutf8proc zlib
# Compiled in from their headers, not linked with.
HEADER_PACKAGES := libxxhash

OBJECTS := $(BUILD)/$(MODE)

include src/compiler.mk
OC_LIBS = $(PACKAGE_LIBS) -pthread -lm $(LINKING_$(MODE))
# Asked once, and only when something is compiled: `make deps` may have to install pkg-config first.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) $(HEADER_PACKAGES)))$(PACKAGE_CFLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := $(shell pkg-config --libs $(PACKAGES)))$(PACKAGE_LIBS)

# Every .c below src and features is part of the library, but for src/cli, which is the command.
SOURCES := $(sort $(filter-out src/cli/%,$(wildcard features/*.c features/*/*.c src/*/*.c)))
KERNELS := $(filter %_kernels.c,$(SOURCES))
PAGES := $(wildcard src/*/*.html)
LIB_OBJECTS := $(patsubst %.c,$(OBJECTS)/%.o,$(filter-out $(KERNELS),$(SOURCES))) \
    $(foreach isa,$(ISAS),$(patsubst %.c,$(OBJECTS)/%.$(isa).o,$(KERNELS))) $(patsubst %.html,$(OBJECTS)/%_page.o,$(PAGES))
CLI_OBJECTS := $(patsubst %.c,$(OBJECTS)/%.o,$(sort $(wildcard src/cli/*.c)))

LIBRARY := $(OBJECTS)/libocellus.a
HEADERS := $(sort $(wildcard include/ocellus/*.h))
# The interface has the number 0.1, 0.2 and so on until version 1.0, when it becomes the major number alone.
MAJOR := $(firstword $(subst ., ,$(VERSION)))
INTERFACE := $(if $(filter 0,$(MAJOR)),$(basename $(VERSION)),$(MAJOR))
SONAME := libocellus.so.$(INTERFACE)
SHARED := $(OBJECTS)/libocellus.so.$(VERSION)
COMMAND := $(if $(filter release,$(MODE)),$(BUILD)/ocellus,$(OBJECTS)/ocellus)

.PHONY: all
all: $(COMMAND) $(LIBRARY) $(if $(filter release,$(MODE)),$(SHARED)) ## build the command build/ocellus and the library

$(LIBRARY): $(LIB_OBJECTS)
	@rm -f $@
	@$(AR) qcsD $@ $^ # q: members of one name, hog/draw.o and words/draw.o, are both kept

# It exports what the public headers mark with OC_API, and nothing else.
$(SHARED): $(LIB_OBJECTS)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--no-undefined -o $@ $^ $(OC_LIBS)

$(COMMAND): $(CLI_OBJECTS) $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS)

# With the libraries inside: it starts faster, and runs on machines that do not have them. Who passes it on has to allow
# linking it again with another libexif, whose licence is the LGPL.
.PHONY: static
static: ## install what is missing (DEPS=no: only say it), build build/ocellus-static, which has all libraries inside
	@CC=$(CC) .ci/deps static
	@$(MAKE) --no-print-directory -s $(JOBS) $(BUILD)/ocellus-static

$(BUILD)/ocellus-static: $(CLI_OBJECTS) $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -static -o $@ $^ $(shell pkg-config --static --libs $(PACKAGES)) \
	    $(if $(wildcard $(shell $(CC) -print-file-name=libquadmath.a)),-lquadmath) -pthread -lm $(LINKING_$(MODE))

$(OBJECTS)/%.o: %.c Makefile src/compiler.mk
	@mkdir -p $(@D)
	$(CC) $(OC_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# NAME.html as an array of bytes, oc_NAME_page, which NAME_page.h beside it declares.
$(OBJECTS)/%_page.c: %.html Makefile src/compiler.mk
	@mkdir -p $(@D)
	@{ echo '#include "$*_page.h"'; echo 'const unsigned char oc_$(*F)_page[] = {'; \
	    od -An -v -tu1 $< | sed 's/ *\([0-9][0-9]*\)/\1,/g'; echo '0};'; } > $@

$(OBJECTS)/%_page.o: $(OBJECTS)/%_page.c
	$(CC) $(OC_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(OBJECTS)/src/cli/manual.o: OC_CFLAGS += -DOC_RELEASED='"$(RELEASED)"'

define KERNEL_RULE
$$(OBJECTS)/%_kernels.$(1).o: %_kernels.c Makefile src/compiler.mk
	@mkdir -p $$(@D)
	$$(CC) $$(OC_CFLAGS) $$(KERNEL_FLAGS) $$(ISA_$(1)) -DOC_ISA=$(1) $$(CFLAGS) -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(ISAS),$(eval $(call KERNEL_RULE,$(isa))))

-include $(patsubst %.o,%.d,$(LIB_OBJECTS) $(CLI_OBJECTS))

PROCESSORS = $(shell getconf _NPROCESSORS_ONLN)
JOBS = -j$(PROCESSORS)
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

.PHONY: web
web: ## install what is missing (DEPS=no: only say it), build the interactive page build/web/index.html (examples/web)
	@CC=$(CC) .ci/deps web
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@$(MAKE) --no-print-directory -s $(JOBS) -C examples/web VERSION=$(VERSION) BUILD=$(abspath $(BUILD)) \
	    COMMAND=$(abspath $(COMMAND)) FASHION=$(abspath $(FASHION)) WARNINGS='$(WARNINGS)' KERNEL_FLAGS='$(KERNEL_FLAGS)'
	@echo "$(BUILD)/web/index.html"

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

# Every command has its page: the names come from the table of commands, read by install and uninstall alone.
COMMANDS = $(shell sed -n 's/^ *\.name = "\([a-z]*\)",/\1/p' src/cli/*.c)
MANUAL = ocellus.1 $(COMMANDS:%=ocellus-%.1) ocellus-stages.7 ocellus.3
COMPLETION := $(DATADIR)/bash-completion/completions
INSTALLED = $(BINDIR)/ocellus $(addprefix $(LIBDIR)/,libocellus.a $(notdir $(SHARED)) $(SONAME) libocellus.so pkgconfig/ocellus.pc) \
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

# The Python package goes where PYTHON looks for packages below PREFIX, with a link to the library that install put there.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
PYTHONDIR ?= $(shell $(PYTHON) -c 'import sys, sysconfig; below = sys.argv[1] + "/lib/"; print(next( \
    (path for path in sys.path if path.startswith(below) and path.endswith("-packages")), \
    sysconfig.get_path("purelib", "posix_prefix", {"base": sys.argv[1]})))' '$(PREFIX)')
PYTHON_FILES := $(sort $(wildcard src/python/ocellus/*.py)) src/python/ocellus/py.typed

.PHONY: install-python
install-python: ## install the Python package below PREFIX (PYTHONDIR); needs make install
	install -d $(DESTDIR)$(PYTHONDIR)/ocellus
	install -m 644 $(PYTHON_FILES) $(DESTDIR)$(PYTHONDIR)/ocellus
	ln -sf $(LIBDIR)/$(SONAME) $(DESTDIR)$(PYTHONDIR)/ocellus/$(SONAME)

.PHONY: uninstall-python
uninstall-python: ## remove what install-python put there
	rm -f $(addprefix $(DESTDIR)$(PYTHONDIR)/ocellus/,$(notdir $(PYTHON_FILES)) $(SONAME) __pycache__/*.pyc)
	@for folder in $(addprefix $(DESTDIR)$(PYTHONDIR)/ocellus,/__pycache__ /); do \
	    if [ -d $$folder ]; then rmdir $$folder; fi; \
	done

.PHONY: uninstall
uninstall: ## remove what install put there
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	@for folder in $(addprefix $(DESTDIR),$(INCLUDEDIR)/ocellus $(DATADIR)/doc/ocellus); do \
	    if [ -d $$folder ]; then rmdir $$folder; fi; \
	done

# Without them, as in a copy of the sources alone, the library still builds and installs.
-include tests/check.mk

.PHONY: clean
clean: ## remove build/
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(filter-out %.d,$(MAKEFILE_LIST)) | \
	    sort | expand -t 24
