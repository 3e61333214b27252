-- The orders of a customer since a moment, each with what was spent from then up to it.
-- The default frame is RANGE: orders of the same instant count together, as they did.
SELECT o.id, o.placed_at, o.total, sum(o.total) OVER (ORDER BY o.placed_at) AS spent
FROM orders o
WHERE o.customer_id = $1
  AND o.placed_at >= $2
ORDER BY o.placed_at, o.id;
