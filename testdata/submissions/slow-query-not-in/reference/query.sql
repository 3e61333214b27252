-- Orders of one status in a period for which no payment came in.
SELECT o.id, o.reference, o.placed_at, o.total
FROM orders o
WHERE o.status = $1
  AND o.placed_at >= $2
  AND o.placed_at < $3
  AND o.reference IS NOT NULL
  AND NOT EXISTS (SELECT FROM payments p WHERE p.reference = o.reference)
ORDER BY o.placed_at, o.id;
