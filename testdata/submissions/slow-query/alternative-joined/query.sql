SELECT p.id, p.name, p.brand, s.units, s.revenue, s.customers,
       coalesce(v.reviews, 0) AS reviews, v.rating,
       (SELECT c.price FROM price_changes c
        WHERE c.product_id = p.id AND c.valid_from < $2 + interval '1 month'
        ORDER BY c.valid_from DESC, c.price DESC LIMIT 1) AS price
FROM (
    SELECT l.product_id, sum(l.quantity) AS units,
           round(sum(l.quantity * l.unit_price * (1 - coalesce(l.discount, 0) / 100)), 2) AS revenue,
           count(DISTINCT o.customer_id) AS customers
    FROM order_lines l
    JOIN orders o ON o.id = l.order_id
    LEFT JOIN returns t ON t.order_id = l.order_id AND t.line_no = l.line_no
    WHERE l.product_id IN (SELECT p.id FROM products p WHERE p.category_id = $1)
      AND o.placed_at >= $2 AND o.placed_at < $2 + interval '1 month'
      AND o.status <> 'cancelled'
      AND t.id IS NULL
    GROUP BY l.product_id
    HAVING sum(l.quantity) >= 5
) s
JOIN products p ON p.id = s.product_id
JOIN (
    SELECT r.product_id, count(*) FILTER (WHERE r.status = 'published') AS reviews,
           round(avg(r.rating) FILTER (WHERE r.status = 'published'), 2) AS rating
    FROM reviews r
    WHERE r.product_id IN (SELECT p.id FROM products p WHERE p.category_id = $1)
    GROUP BY r.product_id
    HAVING bool_or(r.rating <= 3)
) v ON v.product_id = p.id
ORDER BY s.revenue DESC, p.id
LIMIT 20;
