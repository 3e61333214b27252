CREATE INDEX products_brand_idx ON products (brand, id);
CREATE INDEX price_changes_latest_idx ON price_changes (product_id, valid_from DESC);
