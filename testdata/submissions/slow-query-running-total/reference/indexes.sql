CREATE INDEX orders_customer_history_idx ON orders (customer_id, placed_at, id) INCLUDE (total);
