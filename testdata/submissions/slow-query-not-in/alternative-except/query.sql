WITH wanted AS (
    SELECT o.id, o.reference, o.placed_at, o.total
    FROM orders o
    WHERE o.status = $1 AND o.placed_at >= $2 AND o.placed_at < $3 AND o.reference IS NOT NULL
), unpaid AS (
    SELECT w.reference FROM wanted w
    EXCEPT
    SELECT p.reference FROM wanted w JOIN payments p ON p.reference = w.reference
)
SELECT w.id, w.reference, w.placed_at, w.total
FROM wanted w
WHERE w.reference IN (SELECT u.reference FROM unpaid u)
ORDER BY w.placed_at, w.id;
