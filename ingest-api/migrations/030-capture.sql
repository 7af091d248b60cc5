-- What the pipeline captures. Runs after the migration set "streams", which owns the role and the tables of the schema streams.

-- Rules build keys of columns that are not in the primary key (category_id, customer_id, order_id) and compare old with new
-- (when.columns), so the old row must be in the WAL in full.
ALTER TABLE public.customer   REPLICA IDENTITY FULL;
ALTER TABLE public.category   REPLICA IDENTITY FULL;
ALTER TABLE public.product    REPLICA IDENTITY FULL;
ALTER TABLE public.store      REPLICA IDENTITY FULL;
ALTER TABLE public.inventory  REPLICA IDENTITY FULL;
ALTER TABLE public.orders     REPLICA IDENTITY FULL;
ALTER TABLE public.order_item REPLICA IDENTITY FULL;
ALTER TABLE public.payment    REPLICA IDENTITY FULL;

CREATE PUBLICATION streams_publication FOR TABLE
  public.customer, public.category, public.product, public.store, public.inventory, public.orders, public.order_item, public.payment,
  streams.heartbeat, streams.signal;

GRANT USAGE ON SCHEMA public TO streams_replication;
GRANT SELECT ON
  public.customer, public.category, public.product, public.store, public.inventory, public.orders, public.order_item, public.payment
  TO streams_replication;
