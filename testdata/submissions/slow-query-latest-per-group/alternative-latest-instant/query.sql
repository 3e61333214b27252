SELECT p.id, p.name, h.price, h.source, h.valid_from
FROM products p
JOIN price_changes h ON h.product_id = p.id
WHERE p.brand = $1
  AND h.valid_from = (SELECT x.valid_from FROM price_changes x WHERE x.product_id = p.id ORDER BY x.valid_from DESC LIMIT 1)
ORDER BY p.id;
