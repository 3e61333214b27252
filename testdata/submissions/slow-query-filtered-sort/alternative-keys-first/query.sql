SELECT o.id, o.customer_id, o.placed_at, o.total
FROM (SELECT n.id FROM orders n WHERE n.status = $1 ORDER BY n.placed_at DESC, n.id DESC LIMIT 20) newest
JOIN orders o ON o.id = newest.id
ORDER BY o.placed_at DESC, o.id DESC;
