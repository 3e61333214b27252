CREATE INDEX orders_placed_at_id_idx ON orders (placed_at, id);
