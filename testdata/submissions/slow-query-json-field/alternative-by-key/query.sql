SELECT p.id, p.sku, p.name, p.price
FROM products p
WHERE p.id IN (SELECT f.id FROM products f WHERE f.attributes ->> 'fits' = $1)
  AND p.discontinued_at IS NULL
ORDER BY p.id;
