-- An order needs a line by the end of the transaction.
CREATE TABLE orders (id serial PRIMARY KEY, customer text NOT NULL);
CREATE TABLE lines (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders ON DELETE CASCADE, qty int NOT NULL CHECK (qty > 0));
CREATE FUNCTION has_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NOT EXISTS (SELECT FROM lines WHERE order_id = NEW.id) THEN RAISE EXCEPTION 'an order needs a line'; END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER has_line AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION has_line();
