CREATE INDEX orders_status_placed_at_id_idx ON orders (status, placed_at, id);
