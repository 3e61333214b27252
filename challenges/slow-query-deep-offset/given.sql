-- The page of orders that follows the last one a client has seen. $1 and $2 are placed_at
-- and id of that order; the page is found by counting the orders up to it.
SELECT o.id, o.reference, o.status, o.placed_at, o.total
FROM orders o
ORDER BY o.placed_at, o.id
LIMIT 50
OFFSET (SELECT count(*) FROM orders s WHERE s.placed_at < $1 OR (s.placed_at = $1 AND s.id <= $2));
