# make fuzz           runs every harness for FUZZ_SECONDS (clang, libFuzzer);
#                     what it learns goes to $(FUZZ_BUILD)/corpus, what it
#                     breaks to $(FUZZ_BUILD)/findings
# make fuzz-regress   runs the stored seeds only, with any compiler
# make FUZZ="dsn" fuzz    one harness of them

FUZZ         ?= charset html fields address dsn mime parser
FUZZ_SECONDS ?= 60
FUZZ_CC      ?= clang
FUZZ_BUILD   := build-fuzz
FUZZ_LIMITS  := -timeout=20 -rss_limit_mb=2048 -max_len=65536
FUZZ_FLAGS   := address,undefined

# Harnesses with the main that replays stored inputs.
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/mail.o \
    $(BUILD)/tests/fuzz/replay.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

# The same with libFuzzer's.
$(FUZZ_BUILD)/libfuzzer/%: $(FUZZ_BUILD)/tests/fuzz/fuzz_%.o \
    $(FUZZ_BUILD)/tests/fuzz/mail.o $(FUZZ_BUILD)/libbounced.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer,$(FUZZ_FLAGS) \
	    -o $@ $^ $(PKG_LIBS)

fuzz:
	@$(MAKE) --no-print-directory CC=$(FUZZ_CC) BUILD=$(FUZZ_BUILD) \
	    SANITIZE=fuzzer-no-link,$(FUZZ_FLAGS) \
	    $(FUZZ:%=$(FUZZ_BUILD)/libfuzzer/%)
	@set -e; for f in $(FUZZ); do \
	    mkdir -p $(FUZZ_BUILD)/corpus/$$f $(FUZZ_BUILD)/findings; \
	    echo "== fuzzing $$f for $(FUZZ_SECONDS) seconds"; \
	    G_SLICE=always-malloc $(FUZZ_BUILD)/libfuzzer/$$f $(FUZZ_LIMITS) \
	        -max_total_time=$(FUZZ_SECONDS) -dict=tests/fuzz/mail.dict \
	        -artifact_prefix=$(FUZZ_BUILD)/findings/$$f- -verbosity=0 \
	        -print_final_stats=1 \
	        $(FUZZ_BUILD)/corpus/$$f tests/fuzz/seeds/$$f; \
	done

fuzz-replay: $(FUZZ:%=$(BUILD)/fuzz/%)
	@set -e; for f in $(FUZZ); do \
	    G_SLICE=always-malloc $(BUILD)/fuzz/$$f tests/fuzz/seeds/$$f; \
	done

fuzz-regress:
	@$(SANMAKE) fuzz-replay

.PHONY: fuzz fuzz-replay fuzz-regress
