CREATE INDEX orders_status_newest_idx ON orders (status, placed_at DESC, id DESC);
