DROP TABLE catalog.product_categories, catalog.products, catalog.categories; DROP DOMAIN catalog.cents;
