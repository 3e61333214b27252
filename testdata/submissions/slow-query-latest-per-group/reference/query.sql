-- The price in force of every product of a brand.
SELECT p.id, p.name, h.price, h.source, h.valid_from
FROM products p
CROSS JOIN LATERAL (
    SELECT x.price, x.source, x.valid_from
    FROM price_changes x
    WHERE x.product_id = p.id
    ORDER BY x.valid_from DESC
    FETCH FIRST 1 ROW WITH TIES
) h
WHERE p.brand = $1
ORDER BY p.id;
