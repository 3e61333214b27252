SELECT r.id, r.name, r.price, r.source, r.valid_from
FROM (
    SELECT p.id, p.name, h.price, h.source, h.valid_from,
           rank() OVER (PARTITION BY p.id ORDER BY h.valid_from DESC) AS place
    FROM products p
    JOIN price_changes h ON h.product_id = p.id
    WHERE p.brand = $1
) r
WHERE r.place = 1
ORDER BY r.id;
