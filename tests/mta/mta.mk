# Real MTAs; included by tests/tests.mk.

# 77: skipped, for want of root; the reason is printed.
check-mta: $(PROGRAMS)
	@python3 tests/mta/expect.py $(BUILD)/bouncectl
	@python3 tests/mta/check.py $(BUILD)/bounced || [ $$? = 77 ]

# New golden mails from real MTAs; only when a case is added.
mta-fixtures:
	@python3 tests/mta/make-fixtures --write

# The MTAs' folders: some 300 MB, made again in about a minute.
clean-mta:
	rm -rf --one-file-system tests/mta/root tests/mta/out

.PHONY: check-mta mta-fixtures clean-mta
