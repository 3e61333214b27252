-- The best sellers of a category in a month. The lines of the month are reduced to twenty
-- products first; reviews and prices are looked up for these alone.
WITH best AS (
    SELECT l.product_id,
           sum(l.quantity) AS units,
           round(sum(l.quantity * l.unit_price * (1 - coalesce(l.discount, 0) / 100)), 2) AS revenue,
           count(DISTINCT o.customer_id) AS customers
    FROM products p
    JOIN order_lines l ON l.product_id = p.id
    JOIN orders o ON o.id = l.order_id
    WHERE p.category_id = $1
      AND o.placed_at >= $2
      AND o.placed_at < $2 + interval '1 month'
      AND o.status <> 'cancelled'
      AND NOT EXISTS (SELECT FROM returns t WHERE t.order_id = l.order_id AND t.line_no = l.line_no)
      AND EXISTS (SELECT FROM reviews r WHERE r.product_id = p.id AND r.rating <= 3)
    GROUP BY l.product_id
    HAVING sum(l.quantity) >= 5
    ORDER BY revenue DESC, l.product_id
    LIMIT 20
)
SELECT p.id, p.name, p.brand, b.units, b.revenue, b.customers, v.reviews, v.rating, h.price
FROM best b
JOIN products p ON p.id = b.product_id
CROSS JOIN LATERAL (
    SELECT count(*) AS reviews, round(avg(r.rating), 2) AS rating
    FROM reviews r
    WHERE r.product_id = p.id AND r.status = 'published'
) v
LEFT JOIN LATERAL (
    SELECT c.price
    FROM price_changes c
    WHERE c.product_id = p.id AND c.valid_from < $2 + interval '1 month'
    ORDER BY c.valid_from DESC, c.price DESC
    LIMIT 1
) h ON true
ORDER BY b.revenue DESC, p.id;
