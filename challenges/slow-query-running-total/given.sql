-- The orders of a customer since a moment, each with what was spent from then up to it.
SELECT a.id, a.placed_at, a.total, sum(b.total) AS spent
FROM orders a
JOIN orders b ON b.customer_id = a.customer_id AND b.placed_at <= a.placed_at
WHERE a.customer_id = $1
  AND a.placed_at >= $2
  AND b.placed_at >= $2
GROUP BY a.id, a.placed_at, a.total
ORDER BY a.placed_at, a.id;
