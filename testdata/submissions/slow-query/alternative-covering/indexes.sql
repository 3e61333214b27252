CREATE INDEX products_category_id_idx ON products (category_id);
CREATE INDEX order_lines_sales_idx ON order_lines (product_id) INCLUDE (order_id, line_no, quantity, unit_price, discount);
CREATE INDEX orders_month_idx ON orders (placed_at) INCLUDE (id, status, customer_id);
CREATE INDEX returns_line_idx ON returns (order_id, line_no);
CREATE INDEX reviews_product_id_idx ON reviews (product_id);
CREATE INDEX price_changes_latest_idx ON price_changes (product_id, valid_from DESC, price DESC);
