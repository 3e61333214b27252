CREATE INDEX products_brand_idx ON products (brand) WHERE discontinued_at IS NOT NULL;
CREATE INDEX reviews_product_id_status_idx ON reviews (product_id, status);
