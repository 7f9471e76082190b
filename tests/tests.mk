# Everything that tests, shows and measures; included by the top Makefile.

# The sanitized build lives in a folder of its own.
SANBUILD := build-address-undefined
SANMAKE   = $(MAKE) --no-print-directory BUILD=$(SANBUILD) SANITIZE=address,undefined

# Two steps, so that a machine without pkg-config installs it first.
check: deps
	@$(MAKE) --no-print-directory all tests
	@$(SANMAKE) all tests
	@BUILD=$(BUILD) SANBUILD=$(SANBUILD) MAKE="$(MAKE)" sh tests/check.sh

demo: deps
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) sh tests/demo.sh

# Test programs, built but not run.
tests: $(UNIT)

unit: $(UNIT)
	@set -e; for t in $(UNIT); do $$t; done

walls:
	@sh tests/walls.sh

-include tests/mta/mta.mk
-include tests/fuzz/fuzz.mk
-include tests/bench/bench.mk

.PHONY: check demo tests unit walls
