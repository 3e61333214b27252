SELECT o.id, o.reference, o.placed_at, o.total
FROM orders o
LEFT JOIN payments p ON p.reference = o.reference
WHERE o.status = $1
  AND o.placed_at >= $2 AND o.placed_at < $3
  AND o.reference IS NOT NULL
  AND p.id IS NULL
ORDER BY o.placed_at, o.id;
