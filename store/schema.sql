-- The database of bounced, schema version 1.
--
-- Two flat tables carry the data: `mail` (the ledger: every mail ever
-- settled, once) and `bounce` (one row per recipient that a mail reports
-- on). All other tables are either small words and numbers that can be
-- joined (class, code, policy, threshold) or sums over `bounce` that are kept
-- up to date in the same transaction, so that questions over ten million
-- rows need not read them.
--
-- The views at the end are the public interface; tables may change with the
-- schema version. Times in tables are seconds since 1970 UTC, days are such
-- times divided by 86400, NULL says "the report does not tell".

PRAGMA application_id = 1114530660; -- "Bncd"

-- ---------------------------------------------------------------- the ledger

CREATE TABLE mail (
    -- In order of settling: what a reader has seen up to is one number.
    id          INTEGER PRIMARY KEY,
    -- BLAKE2b of the content. Unique, so that a mail that comes twice, under
    -- another name, after a crash or by import, is recorded once; and the
    -- same on every host: (digest, bounce.number) is a key anywhere.
    digest      BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
    -- bounce, delay, success, auto-reply, feedback or other.
    kind        TEXT    NOT NULL,
    -- Name in the Maildir, without folder. Bytes that are no UTF-8 are
    -- written \xHH.
    file        TEXT    NOT NULL,
    -- Bytes of the whole mail.
    size        INTEGER NOT NULL,
    -- When the mail was delivered here (mtime of its file).
    received_at INTEGER NOT NULL,
    -- When this row was written.
    settled_at  INTEGER NOT NULL,
    -- Rows in `bounce`.
    recipients  INTEGER NOT NULL,
    -- Recipients above the limit per mail: counted, not recorded.
    dropped     INTEGER NOT NULL,
    -- Why the mail could not be read; NULL: it could.
    failure     TEXT
) STRICT;

-- ------------------------------------------------------- recipients reported

CREATE TABLE bounce (
    id                 INTEGER PRIMARY KEY,
    -- The mail that reports this, and which of its recipients this is,
    -- counted from 1.
    mail               INTEGER NOT NULL REFERENCES mail (id) ON DELETE CASCADE,
    number             INTEGER NOT NULL,
    -- When it happened: the report's Date if that is sane (at most 60 days
    -- before and one day after delivery), else when it was delivered.
    at                 INTEGER NOT NULL,
    -- Final-Recipient as given; where the report does not tell it, the
    -- original recipient or the subscriber. Compared without case (ASCII).
    address            TEXT COLLATE NOCASE,
    -- Its domain, folded, A-labels.
    domain             TEXT,
    -- The address that was asked for, before aliases and forwards.
    original_recipient TEXT,
    -- The address as the list knows it, out of VERP, SRS or the like.
    subscriber         TEXT,
    -- Folded forms for searching, NULL where `address` finds the row already:
    -- of `address` if folding is more than ASCII case; of the address that
    -- the operator knows (subscriber, else original, else final) if it is
    -- another; of original_recipient if it is neither.
    final_key          TEXT,
    known_key          TEXT,
    original_key       TEXT,
    -- As mail.kind.
    kind               TEXT    NOT NULL,
    -- failed, delayed, delivered, relayed, expanded (RFC 3464 2.3.3).
    action             TEXT,
    -- Why: a word of table `class`.
    class              TEXT,
    -- 1: the address itself is dead, says this report.
    hard               INTEGER NOT NULL,
    -- Enhanced status "5.1.1" (RFC 3463), the most specific one given.
    status             TEXT,
    -- SMTP reply "550".
    code               TEXT,
    -- What decided the class (text, status, code, none), and which rule.
    basis              TEXT    NOT NULL,
    rule               TEXT,
    -- Diagnostic text as given, bounded.
    diagnostic         TEXT,
    -- The host that said it, and the one that reports it.
    remote_mta         TEXT,
    -- The organisation's domain behind remote_mta, else the recipient's; only
    -- where the class blames the sender's side (view sender_problems).
    remote_domain      TEXT,
    reporting_mta      TEXT,
    -- Which format recognised the report: rfc3464, qmail ...
    dialect            TEXT,
    -- Of the returned mail.
    list_id            TEXT,
    message_id         TEXT,
    sender             TEXT,
    subject            TEXT,
    sent_at            INTEGER,
    -- The address the report was sent to (Delivered-To and kin).
    envelope_recipient TEXT,
    -- As mail.file: a row tells by itself where to look.
    file               TEXT    NOT NULL,
    -- RFC 3464: Original-Envelope-Id, Arrival-Date, Last-Attempt-Date,
    -- Will-Retry-Until; and the report's own Date, sane or not.
    envelope_id        TEXT,
    arrival_at         INTEGER,
    last_attempt_at    INTEGER,
    retry_until        INTEGER,
    reported_at        INTEGER,
    -- RFC 5965: Feedback-Type, User-Agent, Source-IP.
    feedback_type      TEXT,
    user_agent         TEXT,
    source_ip          TEXT,
    UNIQUE (mail, number)
) STRICT;

-- The same expression as in the view, so that its users' `at >= '2026-11-01'`
-- and `ORDER BY at` find it, alone and with a class, domain or list.
CREATE INDEX bounce_at
    ON bounce (strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch'));
CREATE INDEX bounce_address ON bounce (address);
CREATE INDEX bounce_final_key ON bounce (final_key)
    WHERE final_key IS NOT NULL;
CREATE INDEX bounce_known_key ON bounce (known_key)
    WHERE known_key IS NOT NULL;
CREATE INDEX bounce_original_key ON bounce (original_key)
    WHERE original_key IS NOT NULL;
CREATE INDEX bounce_domain ON bounce
    (domain, strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch'));
CREATE INDEX bounce_class ON bounce
    (class, strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch'));
CREATE INDEX bounce_list ON bounce
    (list_id, strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch'))
    WHERE list_id IS NOT NULL;

-- ----------------------------------------------------- words and their sense

-- The classes; one row each, written from the program.
CREATE TABLE class (
    class    TEXT PRIMARY KEY,
    -- hard: the address is dead; counts: not yet, but towards it; none.
    hardness TEXT NOT NULL,
    -- Whose matter it is: recipient, receiver, network, sender, content,
    -- unknown. The view sender_problems shows those of the sender.
    cause    TEXT NOT NULL,
    meaning  TEXT NOT NULL,
    advice   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Reply codes ("550") and enhanced status codes ("5.1.1"), written from the
-- code table in use; its "x.1.1" rows stand here as 2.1.1, 4.1.1 and 5.1.1.
CREATE TABLE code (
    code    TEXT PRIMARY KEY,
    -- The class of a report that tells nothing else; NULL: information.
    class   TEXT,
    meaning TEXT NOT NULL,
    advice  TEXT NOT NULL,
    -- Where it is written: "codes.conf:12".
    rule    TEXT
) STRICT, WITHOUT ROWID;

-- ------------------------------------------------------------------ the policy

-- What a failure weighs against its address.
CREATE TABLE policy (
    class     TEXT PRIMARY KEY REFERENCES class (class),
    -- On a day on which the address failed for good with this class.
    weight    REAL NOT NULL CHECK (weight >= 0),
    -- When the code was temporary (4.x.x, 4yz): then it is not hard.
    temporary REAL NOT NULL CHECK (temporary >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE threshold (
    name    TEXT PRIMARY KEY,
    value   REAL NOT NULL CHECK (value >= 0),
    meaning TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO threshold (name, value, meaning) VALUES
    ('score', 2.0, 'an address is dead when the weights of its days within the window add up to this'),
    ('days', 2, 'and these are at least so many distinct days (UTC)'),
    ('window', 60, 'days that are looked at together; a longer pause between two failures starts afresh'),
    ('stale', 60, 'days without a failure after which an address is no longer listed as dead; 0: never'),
    ('storm_addresses', 10, 'so many addresses of one domain that turn hard on one day may be a storm'),
    ('storm_factor', 3, 'and are one when they are more than so many times the most of any day before'),
    ('storm_memory', 30, 'in so many days'),
    ('storm_days', 2, 'a storm lasts at most so many days, what comes later confirms it');

-- ----------------------------------------------------- state of each address

-- One row per address that ever weighed something or had a success report:
-- all that is known for and against it, so that settling one more failure
-- reads and writes one row.
CREATE TABLE address (
    -- Folded: local part and domain without case, domain in A-labels.
    key      TEXT PRIMARY KEY,
    -- As given in the first report, where that is not the key itself.
    given    TEXT,
    -- The first list it failed on; further ones are in address_list.
    list_id  TEXT,
    -- Failures up to this time do not count: a success report, or that the
    -- operator said it is alive.
    fresh_at INTEGER NOT NULL,
    -- One line for each day on which it failed since, at most one count a
    -- day: day, highest weight, its class, hard bounces, all bounces, first
    -- and last second of the day, and the domain that failed it where that
    -- is not its own.
    evidence TEXT,
    -- The verdict of the policy, written anew with every report. Of the
    -- heaviest failure, the latest of such:
    class    TEXT,
    -- Failures that weigh, and the distinct days they fell on, since the
    -- address was last fresh.
    bounces  INTEGER NOT NULL,
    days     INTEGER NOT NULL,
    -- The highest sum of weights within a window.
    score    REAL    NOT NULL,
    -- Of the failures that weigh; as text, for the view shows many of them.
    first_at TEXT,
    last_at  TEXT,
    -- NULL: not dead. Else the number of this death, counted over all
    -- addresses and never reused: who has seen up to N asks for more than N.
    dead     INTEGER
) STRICT, WITHOUT ROWID;

-- Everything that a listing of the dead shows.
CREATE INDEX address_dead ON address
    (dead, last_at, list_id, key, given, class, bounces, days, first_at)
    WHERE dead IS NOT NULL;

-- The second and further lists that an address failed on.
CREATE TABLE address_list (
    list_id TEXT NOT NULL,
    key     TEXT NOT NULL REFERENCES address (key) ON DELETE CASCADE
            DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (list_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_list_key ON address_list (key);

-- ------------------------------------------------------------------- counters

-- Recipients counted by day. Row of day '': the sum of all days.
CREATE TABLE tally (
    -- all, class, domain, list, sender
    what      TEXT    NOT NULL,
    -- YYYY-MM-DD (UTC), as text so that the views' users search by it.
    day       TEXT    NOT NULL,
    -- The class, domain, list or remote domain; '' for all.
    name      TEXT    NOT NULL,
    -- sender: the class; else ''.
    detail    TEXT    NOT NULL,
    -- Kind bounce and action failed, those of them that are hard, and what
    -- was delayed.
    bounces   INTEGER NOT NULL,
    hard      INTEGER NOT NULL,
    delayed   INTEGER NOT NULL,
    -- domain: distinct addresses of it that were hard on that day; else 0.
    addresses INTEGER NOT NULL,
    PRIMARY KEY (what, day, name, detail)
) STRICT, WITHOUT ROWID;

-- What is usual at a domain, for finding storms.
CREATE INDEX tally_usual ON tally (name, day, addresses)
    WHERE what = 'domain' AND addresses > 2;

-- Days on which an unusual number of one domain's addresses turned hard:
-- such failures wait until they are confirmed on a later day.
CREATE TABLE storm (
    domain TEXT    NOT NULL,
    day    INTEGER NOT NULL,
    -- The most on any day before that counts as usual; how many there were
    -- that day is in tally.addresses.
    usual  INTEGER NOT NULL,
    PRIMARY KEY (domain, day)
) STRICT, WITHOUT ROWID;

-- Mails by the day they were delivered and by kind, and their rows in bounce.
CREATE TABLE mail_day (
    day        INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    mails      INTEGER NOT NULL,
    recipients INTEGER NOT NULL,
    PRIMARY KEY (day, kind)
) STRICT, WITHOUT ROWID;

-- Numbers that only grow. deaths: the last number given in address.dead.
CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO counter (name, value) VALUES ('deaths', 0);

-- ---------------------------------------------------------------------- views

CREATE VIEW bounces AS SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch') AS at,
    address, domain, original_recipient, subscriber, kind, action, class,
    hard, status, code, basis, rule, diagnostic, remote_mta, reporting_mta,
    dialect, list_id, message_id, envelope_recipient, file
FROM bounce;

-- One row per dead address and list it failed on. The verdict, and so every
-- number here, is about the address, whatever the list.
CREATE VIEW dead_addresses AS
WITH fresh (since) AS (
    SELECT iif(value > 0, strftime('%Y-%m-%dT%H:%M:%SZ', 'now',
        '-' || CAST(value AS INTEGER) || ' days'), '')
    FROM threshold WHERE name = 'stale')
SELECT coalesce(given, key) AS address, list_id, class, bounces, days,
    first_at, last_at
FROM address
WHERE dead IS NOT NULL AND last_at >= (SELECT since FROM fresh)
UNION ALL
SELECT coalesce(a.given, a.key), l.list_id, a.class, a.bounces, a.days,
    a.first_at, a.last_at
FROM address_list l JOIN address a ON a.key = l.key
WHERE a.dead IS NOT NULL AND a.last_at >= (SELECT since FROM fresh);

-- Per day, so that any range of days is a sum: `SELECT class, sum(bounces)
-- FROM by_class WHERE day >= '2026-11-01' GROUP BY class`.
CREATE VIEW by_class AS
SELECT day, name AS class, bounces, hard, delayed
FROM tally WHERE what = 'class' AND day <> '';

CREATE VIEW by_domain AS
SELECT day, name AS domain, bounces, hard, delayed
FROM tally WHERE what = 'domain' AND day <> '';

CREATE VIEW by_list AS
SELECT day, name AS list_id, bounces, hard, delayed
FROM tally WHERE what = 'list' AND day <> '';

CREATE VIEW by_day AS
SELECT day, bounces, hard, delayed
FROM tally WHERE what = 'all' AND day <> '';

CREATE VIEW sender_problems AS
SELECT day, name AS remote_domain, detail AS class, bounces, delayed
FROM tally WHERE what = 'sender' AND day <> '';
