-- The least that a replication client needs: log in, stream, read the captured tables (granted where those are made), beat the heart,
-- take signals. It has no password until somebody sets one. Roles belong to the cluster, so another database may have made it already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'streams_replication') THEN
        CREATE ROLE streams_replication LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; -- made at the same moment from another database
    WHEN insufficient_privilege THEN
        RAISE insufficient_privilege USING
            MESSAGE = 'role streams_replication is missing and this role may not make it',
            HINT = 'as a superuser: CREATE ROLE streams_replication LOGIN REPLICATION';
END
$$;

GRANT USAGE ON SCHEMA streams TO streams_replication;
GRANT SELECT, INSERT, UPDATE ON streams.heartbeat TO streams_replication;
GRANT SELECT, INSERT, DELETE ON streams.signal TO streams_replication;
DO $$
BEGIN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO streams_replication', current_database());
END
$$;
REVOKE ALL ON streams.epoch, streams.idempotency_key FROM PUBLIC;
