SELECT p.id, p.sku, p.name
FROM products p
WHERE p.brand = $1
  AND p.discontinued_at IS NOT NULL
  AND p.id IN (SELECT r.product_id FROM reviews r WHERE r.status = $2)
ORDER BY p.id;
