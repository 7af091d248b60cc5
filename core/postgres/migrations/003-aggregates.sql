-- Which epochs of which aggregate there are: docs/design/0006-aggregates.md. Written by the stream processors, read by everybody.
CREATE TABLE streams.aggregate_epoch (
    name            text NOT NULL,
    epoch           bigint NOT NULL CHECK (epoch > 0),
    state           text NOT NULL CHECK (state IN ('shadow', 'live', 'retired')),
    definition_hash text NOT NULL,
    topic_id        text NOT NULL,           -- of the table's topic: one of another id or partition count is another history
    starts          bigint[] NOT NULL,       -- by raw partition: the fold begins there
    floor_commit    bigint NOT NULL,         -- with floor_lsn: what is older was truncated away; -1, -1: nothing was
    floor_lsn       bigint NOT NULL,
    targets         bigint[],                -- by raw partition: the epoch may go live when all of it is contained; null while a snapshot runs
    snapshot        text,                    -- id of the signal that asks for the snapshot; null: the log is whole
    reason          text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    live_at         timestamptz,
    PRIMARY KEY (name, epoch)
);
CREATE UNIQUE INDEX aggregate_epoch_live ON streams.aggregate_epoch (name) WHERE state = 'live';
CREATE UNIQUE INDEX aggregate_epoch_shadow ON streams.aggregate_epoch (name) WHERE state = 'shadow';

-- Requests that stage 1 states everything again, counted: stage 2 makes one when it has lost its store, an operator when he likes.
CREATE TABLE streams.aggregate_resync (
    name      text NOT NULL,
    epoch     bigint NOT NULL,
    partition integer NOT NULL,
    requested bigint NOT NULL,
    PRIMARY KEY (name, epoch, partition)
);
