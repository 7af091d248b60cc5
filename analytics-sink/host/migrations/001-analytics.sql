-- What the analytics sink keeps beside the tables of the aggregates. docs/design/0008-analytics-sink.md
CREATE SCHEMA IF NOT EXISTS analytics;
COMMENT ON SCHEMA analytics IS 'Published aggregates: one view each. Names that begin with streams_ belong to the analytics sink.';

-- One row per definition of an aggregate that has a table. Whoever writes rows of the table holds this row's lock until his transaction ends, so
-- that changes are numbered in the order in which they become visible, and what was deleted cannot come back in between.
CREATE TABLE analytics.streams_table (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    aggregate        text NOT NULL,
    definition       text NOT NULL,               -- hash of the declaration
    relation         text NOT NULL UNIQUE,
    shape            jsonb NOT NULL,              -- columns, window, measures: what readers go by
    partitions       integer NOT NULL,            -- of the output topic
    served           boolean NOT NULL,            -- whether the view analytics.<aggregate> shows it
    epoch            bigint,                      -- epoch that is whole; rows of older ones are void
    dropped_before   timestamptz,                 -- windows that ended before this are deleted and not taken again
    last_change      bigint NOT NULL DEFAULT 0,
    forgotten_change bigint NOT NULL DEFAULT 0,   -- whoever has seen less than this cannot go on: rows were deleted
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (aggregate, definition)
);
CREATE UNIQUE INDEX streams_table_served ON analytics.streams_table (aggregate) WHERE served;

-- Where reading goes on, written in the transaction of the rows themselves.
CREATE TABLE analytics.streams_offset (
    table_id    bigint NOT NULL REFERENCES analytics.streams_table ON DELETE CASCADE,
    partition   integer NOT NULL,
    topic_id    text NOT NULL,                    -- a topic that is made anew has another, and is read from its beginning
    next_offset bigint NOT NULL,
    PRIMARY KEY (table_id, partition)
);

-- Up to where the table contains every commit, per output partition.
CREATE TABLE analytics.streams_progress (
    table_id  bigint NOT NULL REFERENCES analytics.streams_table ON DELETE CASCADE,
    epoch     bigint NOT NULL,
    partition integer NOT NULL,
    as_of_lsn pg_lsn,
    as_of     timestamptz,
    told      boolean NOT NULL,                   -- whether the processors named the definition of the epoch
    PRIMARY KEY (table_id, epoch, partition)
);

-- As of which commit each table and epoch is: the least of its partitions, unknown while one of them is.
CREATE VIEW analytics.streams_as_of AS
SELECT t.id AS table_id, t.aggregate, t.served, p.epoch,
       CASE WHEN count(p.as_of) = t.partitions THEN min(p.as_of) END AS as_of,
       CASE WHEN count(p.as_of_lsn) = t.partitions THEN min(p.as_of_lsn) END AS as_of_lsn,
       count(p.partition) = t.partitions AS whole, bool_and(p.told) AS told
FROM analytics.streams_table t JOIN analytics.streams_progress p ON p.table_id = t.id AND p.partition < t.partitions
GROUP BY t.id, p.epoch;

-- For analysts: what there is, and as of when.
CREATE VIEW analytics.streams_aggregate AS
SELECT t.aggregate, a.as_of, a.as_of_lsn, t.epoch, t.shape
FROM analytics.streams_table t LEFT JOIN analytics.streams_as_of a ON a.table_id = t.id AND a.epoch = t.epoch
WHERE t.served;
