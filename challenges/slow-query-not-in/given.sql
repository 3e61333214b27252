-- Orders of one status in a period for which no payment came in: no payment carries
-- their reference.
SELECT o.id, o.reference, o.placed_at, o.total
FROM orders o
WHERE o.status = $1
  AND o.placed_at >= $2
  AND o.placed_at < $3
  AND o.reference IS NOT NULL
  AND o.reference NOT IN (SELECT p.reference FROM payments p WHERE p.reference IS NOT NULL)
ORDER BY o.placed_at, o.id;
