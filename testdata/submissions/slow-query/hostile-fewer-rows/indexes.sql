DELETE FROM returns;
DELETE FROM order_lines WHERE order_id > 1000;
DELETE FROM orders WHERE id > 1000;
CREATE INDEX reviews_product_id_idx ON reviews (product_id);
