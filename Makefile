# Ocellus: features and one linear classifier. `make help` lists the targets.

CC ?= cc
PREFIX ?= /usr/local
MODE ?= release
BUILD ?= build
VERSION := 0.1.0

PACKAGES := libpng libjpeg libexif jansson zlib openblas
TEST_PACKAGES := criterion
# The Debian package of each pkg-config name.
DEBIAN_libpng := libpng-dev
DEBIAN_libjpeg := libjpeg62-turbo-dev
DEBIAN_libexif := libexif-dev
DEBIAN_jansson := libjansson-dev
DEBIAN_zlib := zlib1g-dev
DEBIAN_openblas := libopenblas-dev
DEBIAN_criterion := libcriterion-dev

OBJECTS := $(BUILD)/$(MODE)

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
MODE_release := -O2 -g
MODE_sanitize := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
MODE_thread := -O1 -g -fsanitize=thread
OC_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -DOC_VERSION='"$(VERSION)"' -fPIC -pthread -fopenmp-simd $(WARNINGS) $(MODE_$(MODE)) \
    -Iinclude -I. $(shell pkg-config --cflags $(PACKAGES))
OC_LIBS = $(shell pkg-config --libs $(PACKAGES)) -pthread -lm

# Kernels: *_kernels.c is compiled once for each processor family (src/base/dispatch.h).
# Multiply-add may be fused and sqrtf need not set errno; neither reorders a sum.
KERNEL_FLAGS := -O3 -ffp-contract=fast -fno-math-errno
ifeq ($(shell uname -m),x86_64)
ISAS := plain avx2 avx512
else
ISAS := plain
endif
ISA_plain :=
ISA_avx2 := -mavx2 -mfma -mf16c -mbmi -mbmi2
ISA_avx512 := $(ISA_avx2) -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512

SOURCES := $(sort $(wildcard src/base/*.c src/image/*.c src/dataset/*.c src/matrix/*.c src/learn/*.c src/model/*.c src/evaluate/*.c features/*.c))
KERNELS := $(filter %_kernels.c,$(SOURCES))
LIB_OBJECTS := $(patsubst %.c,$(OBJECTS)/%.o,$(filter-out $(KERNELS),$(SOURCES))) \
    $(foreach isa,$(ISAS),$(patsubst %.c,$(OBJECTS)/%.$(isa).o,$(KERNELS)))
CLI_OBJECTS := $(patsubst %.c,$(OBJECTS)/%.o,$(sort $(wildcard src/cli/*.c)))
TEST_OBJECTS := $(patsubst %.c,$(OBJECTS)/%.o,$(sort $(wildcard tests/unit/*.c tests/conformance/*.c)))

LIBRARY := $(OBJECTS)/libocellus.a
ifeq ($(MODE),release)
COMMAND := $(BUILD)/ocellus
else
COMMAND := $(OBJECTS)/ocellus
endif

.PHONY: all
all: $(COMMAND)

$(LIBRARY): $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(COMMAND): $(CLI_OBJECTS) $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS)

$(OBJECTS)/unit-tests: $(TEST_OBJECTS) $(LIBRARY)
	$(CC) $(OC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OC_LIBS) $(shell pkg-config --libs $(TEST_PACKAGES))

$(OBJECTS)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(OC_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define KERNEL_RULE
$$(OBJECTS)/%_kernels.$(1).o: %_kernels.c Makefile
	@mkdir -p $$(@D)
	$$(CC) $$(OC_CFLAGS) $$(KERNEL_FLAGS) $$(ISA_$(1)) -DOC_ISA=$(1) $$(CFLAGS) -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(ISAS),$(eval $(call KERNEL_RULE,$(isa))))

-include $(LIB_OBJECTS:.o=.d) $(CLI_OBJECTS:.o=.d) $(TEST_OBJECTS:.o=.d)
