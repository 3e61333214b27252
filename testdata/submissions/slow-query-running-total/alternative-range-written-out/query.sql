SELECT o.id, o.placed_at, o.total,
       sum(o.total) OVER (ORDER BY o.placed_at RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS spent
FROM orders o
WHERE o.customer_id = $1 AND o.placed_at >= $2
ORDER BY o.placed_at, o.id;
