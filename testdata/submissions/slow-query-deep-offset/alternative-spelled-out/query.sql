SELECT o.id, o.reference, o.status, o.placed_at, o.total
FROM orders o
WHERE o.placed_at >= $1
  AND (o.placed_at > $1 OR o.id > $2)
ORDER BY o.placed_at, o.id
LIMIT 50;
