-- Which history of the source an epoch is of: system/timeline/the connector's initial snapshot. Rows of another may lack deletes that nobody saw.
ALTER TABLE streams.aggregate_epoch ADD COLUMN history text NOT NULL DEFAULT '';
-- A snapshot's signal is written in the transaction that begins its epoch; its rows in the signal table are swept when it is done.
COMMENT ON COLUMN streams.aggregate_epoch.snapshot IS 'id of the signal in streams.signal; its notification COMPLETED sets the targets';
