CREATE TABLE answers AS SELECT p.id, p.name, p.brand FROM products p WHERE p.category_id = 158 LIMIT 20;
