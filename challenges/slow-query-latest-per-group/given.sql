-- The price in force of every product of a brand: the latest change, or all of them where
-- several share that instant.
SELECT p.id, p.name, h.price, h.source, h.valid_from
FROM products p
JOIN price_changes h ON h.product_id = p.id
WHERE p.brand = $1
  AND h.valid_from = (SELECT max(x.valid_from) FROM price_changes x WHERE x.product_id = h.product_id)
ORDER BY p.id;
