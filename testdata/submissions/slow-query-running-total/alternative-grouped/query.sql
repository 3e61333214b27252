WITH mine AS (
    SELECT o.id, o.placed_at, o.total FROM orders o WHERE o.customer_id = $1 AND o.placed_at >= $2
), instants AS (
    SELECT m.placed_at, sum(sum(m.total)) OVER (ORDER BY m.placed_at) AS spent FROM mine m GROUP BY m.placed_at
)
SELECT m.id, m.placed_at, m.total, i.spent
FROM mine m
JOIN instants i ON i.placed_at = m.placed_at
ORDER BY m.placed_at, m.id;
