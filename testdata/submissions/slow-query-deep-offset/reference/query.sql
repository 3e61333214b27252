-- The page of orders that follows the last one a client has seen.
SELECT o.id, o.reference, o.status, o.placed_at, o.total
FROM orders o
WHERE (o.placed_at, o.id) > ($1, $2)
ORDER BY o.placed_at, o.id
LIMIT 50;
