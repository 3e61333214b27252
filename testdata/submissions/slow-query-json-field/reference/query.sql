-- Spare parts on sale that fit a model.
SELECT p.id, p.sku, p.name, p.price
FROM products p
WHERE p.attributes ->> 'fits' = $1
  AND p.discontinued_at IS NULL
ORDER BY p.id;
