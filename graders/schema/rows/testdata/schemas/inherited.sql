-- Partitions as they were made before there were any, by a trigger or by a rule.
CREATE TABLE orders (id serial PRIMARY KEY, placed_at date NOT NULL DEFAULT '2024-05-01', customer text NOT NULL);
CREATE TABLE orders_2024 (CHECK (placed_at >= '2024-01-01')) INHERITS (orders);
CREATE FUNCTION route() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders_2024 VALUES (NEW.*); RETURN NULL; END $$;
CREATE TRIGGER route BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION route();
CREATE TABLE events (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE events_all (CHECK (id > 0)) INHERITS (events);
CREATE RULE route AS ON INSERT TO events DO INSTEAD INSERT INTO events_all VALUES (NEW.*);
