-- Discontinued products of a brand that have at least one review of a status.
SELECT p.id, p.sku, p.name
FROM products p
WHERE p.brand = $1
  AND p.discontinued_at IS NOT NULL
  AND EXISTS (SELECT FROM reviews r WHERE r.product_id = p.id AND r.status = $2)
ORDER BY p.id;
