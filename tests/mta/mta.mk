# Real MTAs; included by tests/tests.mk.

check-mta: $(BUILD)/bounced
	@python3 tests/mta/check.py $(BUILD)/bounced

# New golden mails from real MTAs; only when a case is added.
mta-fixtures:
	@python3 tests/mta/make-fixtures --write

.PHONY: check-mta mta-fixtures
