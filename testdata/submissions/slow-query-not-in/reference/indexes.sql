CREATE INDEX payments_reference_idx ON payments (reference);
CREATE INDEX orders_status_placed_at_idx ON orders (status, placed_at);
