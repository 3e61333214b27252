SELECT p.id, p.sku, p.name
FROM products p
CROSS JOIN LATERAL (SELECT FROM reviews r WHERE r.product_id = p.id AND r.status = $2 LIMIT 1) any_review
WHERE p.brand = $1
  AND p.discontinued_at IS NOT NULL
ORDER BY p.id;
