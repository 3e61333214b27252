ALTER TABLE order_lines ALTER COLUMN product_id SET (n_distinct = 1);
ALTER TABLE reviews SET (parallel_workers = 16);
