-- What the pipeline keeps in the captured database. Names: docs/design/0001-spine.md.

-- The durable epoch, outside Redis: one row, its number only grows. Which history of Postgres and of the invalidation topic it stands for.
CREATE TABLE streams.epoch (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    number    bigint NOT NULL CHECK (number > 0 AND number < 9007199254740992), -- Lua's numbers are exact below 2^53
    system_id bigint NOT NULL,
    timeline  integer NOT NULL,
    restart   bigint NOT NULL,
    topic_id  text NOT NULL,
    since     timestamptz NOT NULL
);

-- A row that travels the whole path: it keeps the slot moving in a quiet database and measures staleness without traffic.
CREATE TABLE streams.heartbeat (
    id text PRIMARY KEY,
    ts timestamptz NOT NULL
);

-- Debezium's signal table (https://debezium.io/documentation/reference/stable/configuration/signalling.html).
CREATE TABLE streams.signal (
    id   varchar(42) PRIMARY KEY,
    type varchar(32) NOT NULL,
    data varchar(2048)
);

-- Answers to requests with an Idempotency-Key, written in the transaction of the request itself.
CREATE TABLE streams.idempotency_key (
    scope       text NOT NULL,           -- who asked, and for which operation
    key         text NOT NULL,
    fingerprint bytea NOT NULL,          -- digest of the request: the same key with another body is a mistake of the client
    status      integer,                 -- null while the first request is under way
    headers     jsonb,
    body        bytea,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_key_created_at ON streams.idempotency_key (created_at);
