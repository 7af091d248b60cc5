-- Row versions. One sequence for all tables: a row that is deleted and written again never gets a version it had before, so an ETag is
-- never reused. The database keeps them, so that rows written past the API change their ETag just the same.
-- (Triggers do not fire under session_replication_role = replica: a subscriber keeps the versions of its publisher.)

CREATE SEQUENCE public.row_version;

CREATE FUNCTION public.stamp_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := nextval('public.row_version');
  -- Not before the previous stamp, whatever the clock does.
  NEW.updated_at := CASE WHEN TG_OP = 'UPDATE' THEN greatest(clock_timestamp(), OLD.updated_at) ELSE clock_timestamp() END;
  RETURN NEW;
END $$;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['customer', 'category', 'store', 'inventory', 'orders', 'payment'] LOOP
    EXECUTE format('CREATE TRIGGER stamp_row BEFORE INSERT OR UPDATE ON public.%I FOR EACH ROW EXECUTE FUNCTION public.stamp_row()', name);
  END LOOP;
END $$;

CREATE TRIGGER stamp_row_insert BEFORE INSERT ON public.product FOR EACH ROW EXECUTE FUNCTION public.stamp_row();
CREATE TRIGGER stamp_row_update BEFORE UPDATE ON public.product FOR EACH ROW
  WHEN (ROW(OLD.id, OLD.sku, OLD.name, OLD.description, OLD.price, OLD.category_id, OLD.version, OLD.created_at, OLD.updated_at)
        IS DISTINCT FROM
        ROW(NEW.id, NEW.sku, NEW.name, NEW.description, NEW.price, NEW.category_id, NEW.version, NEW.created_at, NEW.updated_at))
  EXECUTE FUNCTION public.stamp_row();

-- An order is shown with its items and payments, so a change of those is a change of the order: its version moves, and its total follows
-- the items. Statement triggers: one update of the order for a statement that writes many items. The orders are locked first, in order
-- of id, so that the sum is read after everyone who was there before has committed, and two writers cannot deadlock on two orders.
CREATE FUNCTION public.touch_order_of_items() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
  ids := ARRAY(SELECT o.id FROM public.orders o WHERE o.id IN (SELECT order_id FROM touched) ORDER BY o.id FOR NO KEY UPDATE);
  UPDATE public.orders o
     SET total = (SELECT coalesce(sum(i.quantity * i.unit_price), 0) FROM public.order_item i WHERE i.order_id = o.id)
   WHERE o.id = ANY (ids);
  RETURN NULL;
END $$;

CREATE FUNCTION public.touch_order_of_payments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
  ids := ARRAY(SELECT o.id FROM public.orders o WHERE o.id IN (SELECT order_id FROM touched) ORDER BY o.id FOR NO KEY UPDATE);
  UPDATE public.orders o SET version = o.version WHERE o.id = ANY (ids);
  RETURN NULL;
END $$;

-- TRUNCATE has no rows to name: every order is touched.
CREATE FUNCTION public.touch_every_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'order_item' THEN
    UPDATE public.orders SET total = 0;
  ELSE
    UPDATE public.orders SET version = version;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER touch_order_truncate AFTER TRUNCATE ON public.order_item FOR EACH STATEMENT EXECUTE FUNCTION public.touch_every_order();
CREATE TRIGGER touch_order_truncate AFTER TRUNCATE ON public.payment FOR EACH STATEMENT EXECUTE FUNCTION public.touch_every_order();

CREATE TRIGGER touch_order_insert AFTER INSERT ON public.order_item
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION public.touch_order_of_items();
-- Old and new apart: an item that moves changes both orders.
CREATE TRIGGER touch_order_update_old AFTER UPDATE ON public.order_item
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION public.touch_order_of_items();
CREATE TRIGGER touch_order_update_new AFTER UPDATE ON public.order_item
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION public.touch_order_of_items();
CREATE TRIGGER touch_order_delete AFTER DELETE ON public.order_item
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION public.touch_order_of_items();

CREATE TRIGGER touch_order_insert AFTER INSERT ON public.payment
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION public.touch_order_of_payments();
CREATE TRIGGER touch_order_update_old AFTER UPDATE ON public.payment
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION public.touch_order_of_payments();
CREATE TRIGGER touch_order_update_new AFTER UPDATE ON public.payment
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION public.touch_order_of_payments();
CREATE TRIGGER touch_order_delete AFTER DELETE ON public.payment
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION public.touch_order_of_payments();
