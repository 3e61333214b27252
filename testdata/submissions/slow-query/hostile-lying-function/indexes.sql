CREATE FUNCTION units(p bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT sum(quantity) FROM order_lines WHERE product_id = p';
CREATE INDEX products_units_idx ON products (units(id));
