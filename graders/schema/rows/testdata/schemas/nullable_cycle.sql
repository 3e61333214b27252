CREATE TABLE shop (id serial PRIMARY KEY, name text NOT NULL, flagship_product int);
CREATE TABLE product (id serial PRIMARY KEY, shop_id int NOT NULL REFERENCES shop, name text NOT NULL, cover_image int);
CREATE TABLE image (id serial PRIMARY KEY, product_id int NOT NULL REFERENCES product, url text NOT NULL CHECK (url LIKE 'https://%'));
ALTER TABLE shop ADD FOREIGN KEY (flagship_product) REFERENCES product ON DELETE SET NULL;
ALTER TABLE product ADD FOREIGN KEY (cover_image) REFERENCES image ON DELETE SET NULL;
