-- The newest twenty orders of a status.
SELECT o.id, o.customer_id, o.placed_at, o.total
FROM orders o
WHERE o.status = $1
ORDER BY o.placed_at DESC, o.id DESC
LIMIT 20;
