//! The tables.

/// Times are milliseconds since 1970. What only programs read is JSON; what people may want to look at has columns.
pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS secrets (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS visitors (
    id       TEXT PRIMARY KEY,
    token    BLOB NOT NULL UNIQUE,   -- SHA-256
    origin   TEXT NOT NULL,
    locale   TEXT,
    customer TEXT,                   -- JSON
    seen     INTEGER NOT NULL,
    online   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS visits (
    visitor TEXT NOT NULL,
    number  INTEGER NOT NULL,
    visit   TEXT NOT NULL,           -- JSON
    PRIMARY KEY (visitor, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS operators (
    id        TEXT PRIMARY KEY,
    token     BLOB UNIQUE,           -- SHA-256
    name      TEXT NOT NULL,
    services  TEXT NOT NULL,         -- JSON
    status    TEXT NOT NULL,         -- JSON
    automatic INTEGER NOT NULL,
    present   INTEGER NOT NULL,
    seen      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sessions (
    id       TEXT PRIMARY KEY,
    visitor  TEXT NOT NULL,
    channel  TEXT NOT NULL,
    service  TEXT NOT NULL,
    customer TEXT,                   -- JSON
    fields   TEXT NOT NULL,          -- JSON
    created  INTEGER NOT NULL,
    progress TEXT NOT NULL,          -- JSON: stage, step, place in the queue, watermarks
    closed   INTEGER,
    retired  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_by_age ON sessions (retired, created);

CREATE TABLE IF NOT EXISTS events (
    session  TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    kind     TEXT NOT NULL,          -- OPENED, CLOSED, VISITOR, GREETING, OPERATOR, VISITOR_FILE, OPERATOR_FILE
    operator TEXT,
    key      TEXT,
    text     TEXT,                   -- of a file: JSON
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS signals (
    session TEXT NOT NULL,
    reader  TEXT NOT NULL,           -- VISITOR, OPERATOR
    seq     INTEGER NOT NULL,
    body    TEXT NOT NULL,           -- JSON
    PRIMARY KEY (session, reader, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS files (
    id       TEXT PRIMARY KEY,
    session  TEXT NOT NULL,
    operator TEXT,                   -- null: the visitor's
    key      TEXT NOT NULL,
    name     TEXT NOT NULL,
    size     INTEGER NOT NULL,
    type     TEXT NOT NULL,
    expires  INTEGER NOT NULL,
    digest   BLOB,                   -- SHA-256, once it arrived
    state    TEXT                    -- JSON, once it arrived
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_by_session ON files (session);

CREATE TABLE IF NOT EXISTS tickets (
    number   INTEGER PRIMARY KEY,
    visitor  TEXT NOT NULL,
    service  TEXT NOT NULL,
    sender   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    message  TEXT NOT NULL,
    customer TEXT,                   -- JSON
    fields   TEXT NOT NULL,          -- JSON
    created  INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS callbacks (
    number   INTEGER PRIMARY KEY,
    visitor  TEXT NOT NULL,
    service  TEXT NOT NULL,
    phone    TEXT NOT NULL,          -- E.164
    at       INTEGER,                -- null: soon
    message  TEXT,
    customer TEXT,                   -- JSON
    fields   TEXT NOT NULL,          -- JSON
    created  INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS ratings (
    session TEXT PRIMARY KEY,
    score   INTEGER NOT NULL,
    comment TEXT,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS mails (
    id        TEXT PRIMARY KEY,
    recipient TEXT NOT NULL,
    reply_to  TEXT,
    subject   TEXT NOT NULL,
    body      TEXT NOT NULL,
    given_up  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS keys (
    owner       TEXT NOT NULL,       -- a visitor's or an operator's id
    method      TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    result      TEXT NOT NULL,       -- JSON
    session     TEXT NOT NULL,
    PRIMARY KEY (owner, method, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS keys_by_session ON keys (session);
";
