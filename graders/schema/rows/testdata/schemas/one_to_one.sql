CREATE TABLE person (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE customer (person_id int PRIMARY KEY REFERENCES person ON DELETE CASCADE, tax_no varchar(9) UNIQUE NOT NULL);
CREATE TABLE business (customer_id int PRIMARY KEY REFERENCES customer, legal_name text NOT NULL UNIQUE);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, shipping int UNIQUE);
CREATE TABLE shipment (order_id int PRIMARY KEY REFERENCES orders DEFERRABLE INITIALLY DEFERRED, carrier text NOT NULL);
