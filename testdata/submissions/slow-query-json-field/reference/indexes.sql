CREATE INDEX products_fits_idx ON products ((attributes ->> 'fits'));
