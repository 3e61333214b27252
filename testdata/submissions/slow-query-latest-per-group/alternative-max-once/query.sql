SELECT p.id, p.name, h.price, h.source, h.valid_from
FROM products p
CROSS JOIN LATERAL (SELECT max(x.valid_from) AS at FROM price_changes x WHERE x.product_id = p.id) latest
JOIN price_changes h ON h.product_id = p.id AND h.valid_from = latest.at
WHERE p.brand = $1
ORDER BY p.id;
