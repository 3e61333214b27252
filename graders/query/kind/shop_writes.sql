-- What the shop writes in a quiet minute: 1,200 inserts and 500 updates. It is run before and
-- after indexes were made, and tells what they cost.
INSERT INTO orders
SELECT 900000000 + i, 'W-' || i, 1 + i % 7000, 'paid', 'web', timestamptz '2025-01-01 00:00+00' + i * interval '1 second', NULL, i
FROM generate_series(1, 300) AS i;

INSERT INTO order_lines
SELECT 900000000 + i, n, 1 + (i * 31 + n * 7) % 2000, n, 9.99, NULL
FROM generate_series(1, 300) AS i, generate_series(1, 2) AS n;

INSERT INTO payments
SELECT 900000000 + i, 'W-' || i, 'card', i, timestamptz '2025-01-01 01:00+00' + i * interval '1 second'
FROM generate_series(1, 100) AS i;

INSERT INTO reviews
SELECT 900000000 + i, 1 + i * 17 % 2000, 1 + i, 1 + i % 5, 'pending',
       'The lid is fine. The cable could be longer, really. Number ' || i || ' of its kind.', timestamptz '2025-01-02 00:00+00'
FROM generate_series(1, 100) AS i;

INSERT INTO price_changes
SELECT 900000000 + i, 1 + i * 13 % 2000, i, 'list', timestamptz '2025-01-01 00:00+00'
FROM generate_series(1, 100) AS i;

UPDATE orders SET shipped_at = timestamptz '2025-01-01 12:00+00' WHERE id BETWEEN 1001 AND 1200;
UPDATE orders SET status = 'returned' WHERE id BETWEEN 2001 AND 2100;
UPDATE products SET price = price + 1 WHERE id BETWEEN 101 AND 200;
-- Rows that go leave room in their blocks, so that an update can stay in its block and touch no
-- index, as long as none is on what it changes.
DELETE FROM reviews WHERE id BETWEEN 101 AND 400 AND id % 3 = 0;
DELETE FROM price_changes WHERE id BETWEEN 101 AND 400 AND id % 3 = 0;
UPDATE reviews SET status = 'published' WHERE id BETWEEN 101 AND 200;
UPDATE price_changes SET source = 'corrected' WHERE id BETWEEN 101 AND 200;
