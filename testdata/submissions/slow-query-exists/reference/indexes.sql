CREATE INDEX products_brand_idx ON products (brand);
CREATE INDEX reviews_status_product_id_idx ON reviews (status, product_id);
