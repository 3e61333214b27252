-- Every part is aggregated before it is joined; reviews and prices of the best twenty alone.
WITH lines AS (
    SELECT l.product_id, l.quantity, l.unit_price, l.discount, o.customer_id
    FROM orders o
    JOIN order_lines l ON l.order_id = o.id
    LEFT JOIN returns t ON t.order_id = l.order_id AND t.line_no = l.line_no
    WHERE o.placed_at >= $2
      AND o.placed_at < $2 + interval '1 month'
      AND o.status <> 'cancelled'
      AND l.product_id = ANY (ARRAY(SELECT p.id FROM products p WHERE p.category_id = $1))
      AND t.id IS NULL
), sold AS (
    SELECT product_id, sum(quantity) AS units,
           round(sum(quantity * unit_price * (1 - coalesce(discount, 0) / 100)), 2) AS revenue,
           count(DISTINCT customer_id) AS customers
    FROM lines
    GROUP BY product_id
    HAVING sum(quantity) >= 5
), best AS (
    SELECT * FROM sold s
    WHERE EXISTS (SELECT 1 FROM reviews r WHERE r.product_id = s.product_id AND r.rating < 4)
    ORDER BY revenue DESC, product_id
    FETCH FIRST 20 ROWS ONLY
)
SELECT p.id, p.name, p.brand, b.units, b.revenue, b.customers,
       count(r.id) AS reviews, round(avg(r.rating), 2) AS rating,
       (SELECT c.price FROM price_changes c
        WHERE c.product_id = p.id AND c.valid_from < $2 + interval '1 month'
        ORDER BY c.valid_from DESC, c.price DESC LIMIT 1) AS price
FROM best b
JOIN products p ON p.id = b.product_id
LEFT JOIN reviews r ON r.product_id = p.id AND r.status = 'published'
GROUP BY p.id, p.name, p.brand, b.units, b.revenue, b.customers
ORDER BY b.revenue DESC, p.id;
