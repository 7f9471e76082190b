# bounced: plain make, GNU make 4 and pkg-config.
#
#   make            build both programs into $(BUILD)/
#   make deps       install what is missing (Debian packages, apt-get)
#   make demo       run the daemon over a sample Maildir and show the result
#   make check      build everything and run every test
#   make bench      measure
#   make install    DESTDIR and PREFIX are honoured
#
# SANITIZE=address,undefined builds into a folder of its own.

VERSION  := 0.1.0
PREFIX   ?= /usr/local
SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
MANDIR   ?= $(PREFIX)/share/man
UNITDIR  ?= $(PREFIX)/lib/systemd/system
SANITIZE ?=
BUILD    ?= build$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
comma    := ,

CC       ?= cc
CFLAGS   ?= -O2 -g
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion \
            -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2
HARDEN   := -fstack-protector-strong -fPIE $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
PKGS     := glib-2.0 gmime-3.0 sqlite3 libevent_core libseccomp jansson
PKGCONF  ?= pkg-config

# Asked once, and only when something is compiled: `make deps` must work
# on a machine that has no pkg-config yet.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell $(PKGCONF) --cflags $(PKGS) | sed 's/-I/-isystem /g'))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell $(PKGCONF) --libs $(PKGS)) -lb2)$(PKG_LIBS)
CHECK_LIBS = $(eval CHECK_LIBS := $(shell $(PKGCONF) --libs check))$(CHECK_LIBS)

ALL_CPPFLAGS = -D_GNU_SOURCE -DBOUNCED_VERSION='"$(VERSION)"' \
            -DBOUNCED_SYSCONFDIR='"$(SYSCONFDIR)"' -I. $(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS   = -std=gnu17 $(WARN) $(HARDEN) $(CFLAGS) \
            $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
            -fno-sanitize-recover=all)
ALL_LDFLAGS  = -pie -Wl,-z,relro,-z,now,--as-needed $(LDFLAGS) \
            $(if $(SANITIZE),-fsanitize=$(SANITIZE))

MAINS    := daemon/main.c ctl/main.c
LIB_SRC  := $(filter-out $(MAINS),$(wildcard parser/*.c parser/formats/*.c \
            worker/*.c store/*.c conf/*.c util/*.c daemon/*.c ctl/*.c))
LIB_OBJ  := $(LIB_SRC:%.c=$(BUILD)/%.o)
LIB      := $(BUILD)/libbounced.a
PROGRAMS := $(BUILD)/bounced $(BUILD)/bouncectl
UNIT     := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

all: $(PROGRAMS)

$(BUILD)/bounced: $(BUILD)/daemon/main.o $(LIB)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/bouncectl: $(BUILD)/ctl/main.o $(LIB)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(AR) qcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Shipped data is carried inside the programs (.incbin: make must be told).
$(BUILD)/conf/data.o: conf/rules.conf conf/codes.conf conf/bounced.conf
$(BUILD)/store/schema.o: store/schema.sql

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) $(CHECK_LIBS)

.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

include tests/tests.mk

deps:
	@sh tests/deps.sh

# A configuration file that is there already is the admin's.
install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin \
	    $(DESTDIR)$(SYSCONFDIR)/bounced $(DESTDIR)$(UNITDIR) \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d \
	    $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man8
	install -m 755 $(BUILD)/bounced $(DESTDIR)$(PREFIX)/sbin/bounced
	install -m 755 $(BUILD)/bouncectl $(DESTDIR)$(PREFIX)/bin/bouncectl
	test -e $(DESTDIR)$(SYSCONFDIR)/bounced/bounced.conf || \
	    install -m 644 conf/bounced.conf $(DESTDIR)$(SYSCONFDIR)/bounced/
	sed 's|/usr/local/sbin|$(PREFIX)/sbin|g; s|/usr/local/etc|$(SYSCONFDIR)|g' \
	    systemd/bounced.service >$(DESTDIR)$(UNITDIR)/bounced.service
	chmod 644 $(DESTDIR)$(UNITDIR)/bounced.service
	install -m 644 systemd/sysusers.conf \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d/bounced.conf
	install -m 644 systemd/tmpfiles.conf \
	    $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/bounced.conf
	for m in man/*.[158]; do install -m 644 $$m \
	    $(DESTDIR)$(MANDIR)/man$${m##*.}/; done

clean:
	rm -rf build build-*

.PHONY: all deps install clean
