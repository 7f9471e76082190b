# Everything that tests and measures; included by the top Makefile.

unit: $(UNIT)
	@set -e; for t in $(UNIT); do $$t; done

.PHONY: unit
