-- The best sellers of a category in a month, for the buyers' meeting: revenue, customers,
-- what reviewers think, and the list price at the end of the month.
-- $1 is a category, $2 the first instant of a month, in UTC.
SELECT p.id,
       p.name,
       p.brand,
       sum(l.quantity) AS units,
       round(sum(l.quantity * l.unit_price * (1 - coalesce(l.discount, 0) / 100)), 2) AS revenue,
       count(DISTINCT o.customer_id) AS customers,
       (SELECT count(*) FROM reviews r WHERE r.product_id = p.id AND r.status = 'published') AS reviews,
       (SELECT round(avg(r.rating), 2) FROM reviews r WHERE r.product_id = p.id AND r.status = 'published') AS rating,
       (SELECT max(h.price)
        FROM price_changes h
        WHERE h.product_id = p.id
          AND h.valid_from = (SELECT max(x.valid_from)
                              FROM price_changes x
                              WHERE x.product_id = h.product_id
                                AND x.valid_from < $2 + interval '1 month')) AS price
FROM products p
JOIN order_lines l ON l.product_id = p.id
JOIN orders o ON o.id = l.order_id
WHERE p.category_id = $1
  AND date_trunc('month', o.placed_at) = $2
  AND o.status <> 'cancelled'
  AND (l.order_id, l.line_no) NOT IN (SELECT t.order_id, t.line_no FROM returns t)
GROUP BY p.id, p.name, p.brand
HAVING sum(l.quantity) >= 5
   AND (SELECT count(*) FROM reviews r WHERE r.product_id = p.id AND r.rating <= 3) > 0
ORDER BY revenue DESC, p.id
LIMIT 20;
