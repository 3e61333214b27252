-- Orders and their lines. The lines come first, since an order knows their total.

-- One to twelve lines, three on average; a product in the top hundredth sells a tenth of all.
INSERT INTO order_lines
SELECT i, n, product, CASE WHEN loading.dice(i * 16 + n, 51) < 0.7 THEN 1 ELSE 1 + loading.pick(i * 16 + n, 52, 9, 2) END,
       round(loading.list_price(product) * (0.85 + 0.3 * loading.dice(i, 53))::numeric, 2),
       CASE WHEN loading.dice(i * 16 + n, 54) < 0.2 THEN 5 * loading.pick(i * 16 + n, 55, 6) END
FROM generate_series(1, 62500 * loading.scale()) AS i
CROSS JOIN LATERAL generate_series(1, least(12, 1 + floor(-ln(1 - loading.dice(i, 56)) * 2.6))::integer) AS n
CROSS JOIN LATERAL (SELECT loading.scatter(loading.pick(i * 16 + n, 57, 2000 * loading.scale(), 2), 2000 * loading.scale())) AS sold (product);

-- Three years of growing sales. A few orders were imported late, so that numbers do not quite
-- follow time; orders by telephone are entered at midnight, many at one instant. Each 250th
-- order is of one wholesaler, and the marketplace sells to guests.
INSERT INTO orders
SELECT i, CASE WHEN loading.dice(i, 61) >= 0.04 THEN 'R-' || lpad((i * 104729 % 1000003)::text, 7, '0') || '-' || i END,
       CASE WHEN i % 250 = 7 THEN 42 WHEN channel <> 'marketplace' THEN loading.scatter(loading.pick(i, 62, 7500 * loading.scale(), 1.8), 7500 * loading.scale()) END,
       CASE
           WHEN placed_at < '2022-07-01 00:00+00' AND loading.dice(i, 63) < 0.03 THEN 'migrated'
           WHEN loading.dice(i, 63) > 0.9995 THEN 'disputed'
           WHEN placed_at BETWEEN '2023-03-01 00:00+00' AND '2023-06-01 00:00+00' AND loading.dice(i, 63) > 0.99 THEN 'on_hold'
           WHEN loading.dice(i, 63) > 0.93 THEN 'cancelled'
           WHEN loading.dice(i, 63) > 0.90 THEN 'returned'
           WHEN placed_at > '2024-12-24 00:00+00' THEN 'paid'
           WHEN placed_at > '2024-12-15 00:00+00' THEN 'shipped'
           ELSE 'delivered'
       END,
       channel, placed_at,
       CASE WHEN placed_at < '2024-12-20 00:00+00' AND loading.dice(i, 63) <= 0.93 THEN placed_at + loading.pick(i, 64, 96) * interval '1 hour' END,
       lines.total
FROM generate_series(1, 62500 * loading.scale()) AS i
CROSS JOIN LATERAL (SELECT (ARRAY['web','app','phone','marketplace','store'])[loading.pick(i, 65, 5, 1.6)]) AS c (channel)
CROSS JOIN LATERAL (SELECT power(i::double precision / (62500 * loading.scale()), 0.75)
    * CASE WHEN loading.dice(i, 66) < 0.03 THEN loading.dice(i, 67) ELSE 1 END) AS moment (share)
CROSS JOIN LATERAL (SELECT timestamptz '2022-01-01 00:00+00' + floor(1096 * 86400 * share - 1) * interval '1 second') AS exactly (at)
CROSS JOIN LATERAL (SELECT greatest(CASE WHEN channel = 'phone' THEN date_trunc('day', at, 'UTC') ELSE at END, timestamptz '2022-01-01 00:00+00') OFFSET 0) AS rounded (placed_at)
JOIN (SELECT order_id, round(sum(quantity * unit_price * (1 - coalesce(discount, 0) / 100)), 2) AS total FROM order_lines GROUP BY order_id) AS lines ON lines.order_id = i
ORDER BY i;

-- Nine orders in ten are paid, some twice, and the reference is left empty on a few transfers.
INSERT INTO payments
SELECT row_number() OVER (ORDER BY o.id, n),
       CASE WHEN loading.dice(o.id * 4 + n, 71) >= 0.01 THEN o.reference END,
       (ARRAY['card','transfer','invoice','wallet'])[loading.pick(o.id, 72, 4, 1.5)],
       CASE WHEN n = 1 AND loading.dice(o.id, 73) < 0.05 THEN round(o.total / 2, 2) ELSE o.total END,
       o.placed_at + loading.pick(o.id * 4 + n, 74, 240) * interval '1 hour'
FROM orders o
CROSS JOIN LATERAL generate_series(1, CASE WHEN o.status = 'cancelled' OR loading.dice(o.id, 75) < 0.04 THEN 0 WHEN loading.dice(o.id, 73) < 0.05 THEN 2 ELSE 1 END) AS n;

INSERT INTO returns
SELECT row_number() OVER (ORDER BY l.order_id, l.line_no), l.order_id, l.line_no, loading.pick(l.order_id, 81, l.quantity),
       (ARRAY['damaged','too small','changed my mind', NULL])[loading.pick(l.order_id * 16 + l.line_no, 82, 4)],
       o.placed_at + loading.pick(l.order_id, 83, 40) * interval '1 day'
FROM order_lines l JOIN orders o ON o.id = l.order_id
WHERE o.shipped_at IS NOT NULL AND loading.dice(l.order_id * 16 + l.line_no, 84) < CASE WHEN o.status = 'returned' THEN 0.9 ELSE 0.015 END;
