# Thin over the CMake presets; every target works from a clean clone on a bare Debian 12 with git and make.
# What is missing is installed first (deploy/install-deps.sh; ECSMI_SKIP_DEPS=1 leaves the machine alone).
JOBS ?= $(shell nproc)
CMAKE := cmake
SOURCES = $(shell git ls-files '*.cc' '*.h')

.PHONY: deps build run demo bench test verify format lint clang-tidy asan tsan fuzz

deps:
	@deploy/install-deps.sh

build: deps
	@$(CMAKE) --preset release >build-release.log 2>&1 || { cat build-release.log; exit 1; }
	@rm -f build-release.log
	@$(CMAKE) --build build/release -j $(JOBS)

run: build
	@build/release/bin/ecsmid

# The main story over gRPC, on a daemon of its own; fails when anything is left or the bill is off.
demo: build
	@build/release/bin/ecsmi_demo

# Measures the claims of docs/BENCHMARKS.md: one JSON line each. BENCH_QUICK=1 runs small sizes, BENCH_ONLY=name one part.
bench: build
	@build/release/bin/ecsmi_bench $(BENCH_ONLY)

# The README's test command: release build, all fast tests (unit, property, scenario, the contract, gRPC conformance on
# the real binary, tidy), format; the core under asan.
test: build lint asan
	ctest --test-dir build/release --output-on-failure -j $(JOBS) -L fast

# The slow rest: kill -9 fifty times, many seeds of the simulation and the properties, every benchmark's work; the engine
# under tsan; the fuzz targets on their seeds. What may find something new, fuzz for a while, and clang-tidy are targets of
# their own: neither depends on the change alone.
verify: build
	ctest --test-dir build/release --output-on-failure -j $(JOBS) -L slow
	@$(MAKE) --no-print-directory tsan
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=0

asan tsan: deps
	$(CMAKE) --preset $@ >/dev/null
	$(CMAKE) --build build/$@ -j $(JOBS)
	ctest --test-dir build/$@ --output-on-failure -j $(JOBS) -L fast

# Every parser of foreign bytes for FUZZ_SECONDS (20) each; 0 = its seeds alone.
fuzz: deps
	$(CMAKE) --preset fuzz >/dev/null
	$(CMAKE) --build build/fuzz -j $(JOBS) --target fuzz_all
	tests/fuzz/run.sh build/fuzz/bin

format: deps
	clang-format-14 -i $(SOURCES)

lint: deps
	clang-format-14 --dry-run -Werror $(SOURCES)

# The list is .clang-tidy's. g++'s names of warnings in the compile commands are unknown to clang. Findings go to stdout;
# stderr only counts warnings in system headers.
clang-tidy: build
	git ls-files 'src/*.cc' | xargs -P $(JOBS) -n 1 clang-tidy-14 -p build/release --quiet \
	  --extra-arg=-Wno-unknown-warning-option 2>build/clang-tidy.log || { cat build/clang-tidy.log; exit 1; }
