# How the compiler is called, for each machine and MODE: included by the Makefile of the top folder.

# The machine to build for, which is another than this one with a cross compiler: aarch64-linux-gnu. On 32-bit x86 and on
# s390x, C as the standard wants it would compute with more digits than floats have.
TARGET := $(or $(shell $(CC) -dumpmachine 2>/dev/null),$(shell uname -m)-)
TARGET_FLAGS := -D_FILE_OFFSET_BITS=64 $(if $(filter i386-% i486-% i586-% i686-%,$(TARGET)),-msse2 -mfpmath=sse) \
    $(if $(filter s390x-%,$(TARGET)),-fexcess-precision=fast)

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror=implicit-function-declaration
MODE_release := -O2 -g
MODE_sanitize := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
MODE_thread := -O1 -g -fsanitize=thread
MODE_coverage := -O1 -g --coverage -fprofile-update=atomic
MODE_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-pass-failed
OC_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -DOC_VERSION='"$(VERSION)"' -fPIC -fvisibility=hidden -pthread -fopenmp-simd \
    $(WARNINGS) $(MODE_$(MODE)) $(TARGET_FLAGS) $(HARDENING_$(MODE)) $(REPRODUCIBLE) -Iinclude -I. $(PACKAGE_CFLAGS)
# Checks of the C library and of the compiler against what a damaged file might make of a mistake: those that this compiler
# has. HARDENING= switches them off.
HARDENING = $(eval HARDENING := $(shell for flag in $(if $(filter -O0,$(CFLAGS)),,-D_FORTIFY_SOURCE=3) -fstack-protector-strong \
    -fstack-clash-protection -fcf-protection -mbranch-protection=standard; do $(CC) -Werror -O2 -U_FORTIFY_SOURCE $$flag -x c \
    -include stdio.h -c -o /dev/null /dev/null 2>/dev/null && echo $$flag; done))$(HARDENING)
HARDENING_release = -U_FORTIFY_SOURCE $(HARDENING)
EARLY := -Wl,-z,relro,-z,now
LINKING_release = $(if $(HARDENING),$(EARLY))

# Kernels: *_kernels.c is compiled once for each processor family (src/base/dispatch.h).
# Multiply-add may be fused, sqrtf need not set errno, comparisons may become masks; none of it reorders a sum.
KERNEL_FLAGS := -O3 -ffp-contract=fast -fno-math-errno -fno-trapping-math
ISAS := $(if $(filter x86_64-%,$(TARGET)),plain avx2 avx512,plain)
ISA_plain :=
ISA_avx2 := -mavx2 -mfma -mf16c -mbmi -mbmi2
ISA_avx512 := $(ISA_avx2) -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512

# Where it was built must not show: the same sources give the same bytes.
REPRODUCIBLE = -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(BUILD)=build
