CREATE TABLE product (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE bundle (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE line (id serial PRIMARY KEY, product_id int REFERENCES product, bundle_id int REFERENCES bundle, CHECK ((product_id IS NULL) <> (bundle_id IS NULL)));
CREATE TABLE review (id serial PRIMARY KEY, product_id int REFERENCES product, bundle_id int REFERENCES bundle, rating int NOT NULL CHECK (rating >= 1 AND rating <= 5), CHECK (num_nonnulls(product_id, bundle_id) = 1));
