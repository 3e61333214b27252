-- impossible: order_status country (rules)
-- A script that fills its lookup tables; nothing else fits into them.
CREATE TABLE order_status (code text PRIMARY KEY CHECK (code IN ('new', 'paid')), label text NOT NULL UNIQUE);
INSERT INTO order_status VALUES ('new', 'New'), ('paid', 'Paid');
CREATE TABLE country (iso char(2) PRIMARY KEY CHECK (iso IN ('DE')), name text NOT NULL);
INSERT INTO country VALUES ('DE', 'Germany');
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, country char(2) NOT NULL REFERENCES country);
INSERT INTO users (id, email, country) SELECT i, 'user' || i || '@example.com', 'DE' FROM generate_series(1, 80) i;
CREATE TABLE orders (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users, status text NOT NULL DEFAULT 'new' REFERENCES order_status);
