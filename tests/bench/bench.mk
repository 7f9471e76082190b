# make bench: how fast, against bare GMime and whatever else is installed.
# BENCH_MAILS, BENCH_RUNS: how many mails, how often.

BENCH_MAILS ?= 20000
BENCH_RUNS  ?= 3

$(BUILD)/bench/gmime_bare: tests/bench/gmime_bare.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(PKG_LIBS)

$(BUILD)/bench/bench_store: tests/bench/bench_store.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

bench-programs: all $(BUILD)/bench/gmime_bare $(BUILD)/bench/bench_store

bench: deps
	@$(MAKE) --no-print-directory bench-programs
	@python3 tests/bench/bench.py --build $(BUILD) --mails $(BENCH_MAILS) \
	    --runs $(BENCH_RUNS)

.PHONY: bench bench-programs
