CREATE INDEX products_fits_on_sale_idx ON products ((attributes ->> 'fits')) WHERE discontinued_at IS NULL;
