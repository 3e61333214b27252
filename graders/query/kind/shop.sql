-- The shop, at an eighth of the size at which submissions are measured. Load it with
--   createdb shop && psql --dbname=shop --file=shop.sql
-- The number in the next function is the size: write 2, 4 or 8 for more. Use PostgreSQL 17.
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE SCHEMA loading;
CREATE FUNCTION loading.scale() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 1;

-- The shop: customers, a tree of categories, products, orders with their lines, payments,
-- returns, reviews and changes of prices. Times are UTC, amounts are euros. The keys and
-- indexes are in keys.sql: a table is filled faster without them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE customers (
    id            bigint NOT NULL,
    email         text NOT NULL,
    name          text NOT NULL,
    segment       text NOT NULL CHECK (segment IN ('private', 'business', 'wholesale')),
    country       text,                  -- NULL: never told
    city          text,
    registered_at timestamptz NOT NULL
);

CREATE TABLE categories (
    id        bigint NOT NULL,
    parent_id bigint,           -- NULL: a root
    name      text NOT NULL
);

CREATE TABLE products (
    id              bigint NOT NULL,
    sku             text NOT NULL,
    name            text NOT NULL,
    brand           text NOT NULL,
    category_id     bigint,           -- NULL: not filed yet
    price           numeric(10, 2) NOT NULL,
    attributes      jsonb NOT NULL,
    description     text,
    discontinued_at timestamptz
);

CREATE TABLE orders (
    id          bigint NOT NULL,
    reference   text,                    -- what the customer writes on a bank transfer
    customer_id bigint,                  -- NULL: a guest
    status      text NOT NULL,
    channel     text NOT NULL,
    placed_at   timestamptz NOT NULL,
    shipped_at  timestamptz,
    total       numeric(12, 2) NOT NULL
);

CREATE TABLE order_lines (
    order_id   bigint NOT NULL,
    line_no    integer NOT NULL,
    product_id bigint NOT NULL,
    quantity   integer NOT NULL CHECK (quantity > 0),
    unit_price numeric(10, 2) NOT NULL,
    discount   numeric(4, 2)            -- per cent; NULL: none was granted
);

CREATE TABLE payments (
    id          bigint NOT NULL,
    reference   text,                    -- as the bank tells it; NULL: it was left empty
    method      text NOT NULL,
    amount      numeric(12, 2) NOT NULL,
    received_at timestamptz NOT NULL
);

CREATE TABLE returns (
    id          bigint NOT NULL,
    order_id    bigint NOT NULL,
    line_no     integer NOT NULL,
    quantity    integer NOT NULL,
    reason      text,
    returned_at timestamptz NOT NULL
);

CREATE TABLE reviews (
    id          bigint NOT NULL,
    product_id  bigint NOT NULL,
    customer_id bigint,                  -- NULL: the account was deleted
    rating      integer CHECK (rating BETWEEN 1 AND 5),  -- NULL: words only
    status      text NOT NULL,
    body        text,                    -- NULL: stars only
    created_at  timestamptz NOT NULL
);

CREATE TABLE price_changes (
    id         bigint NOT NULL,
    product_id bigint NOT NULL,
    price      numeric(10, 2) NOT NULL,
    source     text NOT NULL,
    valid_from timestamptz NOT NULL
);

-- What the data is made with. Nothing here is random: every value is a hash of the row's
-- number and of the salt of its column, so that each load gives the same rows.
CREATE FUNCTION loading.dice(n bigint, salt integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(n, salt) & 9007199254740991)::double precision / 9007199254740992;

-- A number from 1 to sides; an exponent above 1 favours the low ones, as sales and names do.
CREATE FUNCTION loading.pick(n bigint, salt integer, sides double precision, exponent double precision DEFAULT 1) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 1 + floor(sides * power(loading.dice(n, salt), exponent))::bigint;

-- Popular rows lie anywhere in their table, not at its beginning. 7919 is a prime.
CREATE FUNCTION loading.scatter(rank bigint, rows bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 1 + rank * 7919 % rows;

CREATE FUNCTION loading.list_price(product bigint) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN round((3 + 900 * power(loading.dice(product, 16), 4))::numeric, 2);

-- Customers, categories and products.

-- One customer in a hundred is a wholesaler; one in twelve never told a country. A city lies
-- in one country only, so that the two columns are correlated.
INSERT INTO customers
SELECT i, 'c' || i || '@example.test',
       (ARRAY['Ada','Ben','Cleo','Dora','Emil','Finn','Greta','Hugo','Ida','Jon','Kai','Lena','Mia','Nils','Ole','Pia'])[loading.pick(i, 1, 16)]
           || ' ' || (ARRAY['Adler','Baum','Conrad','Dietz','Ebert','Falk','Graf','Hahn','Iffland','Jung','Krug','Lenz','Maas','Noll','Otto','Pohl'])[loading.pick(i, 2, 16, 1.5)],
       CASE WHEN i % 100 = 42 THEN 'wholesale' WHEN loading.dice(i, 3) < 0.15 THEN 'business' ELSE 'private' END,
       country, CASE WHEN loading.dice(i, 5) >= 0.1 THEN country || '-' || loading.pick(i, 6, 40, 2) END,
       timestamptz '2019-01-01 00:00+00' + floor(1800 * 86400 * loading.dice(i, 7)) * interval '1 second'
FROM generate_series(1, 7500 * loading.scale()) AS i
CROSS JOIN LATERAL (SELECT CASE WHEN loading.dice(i, 8) >= 0.08
    THEN (ARRAY['DE','FR','NL','AT','IT','ES','PL','BE','CH','SE','DK','CZ','FI','PT','IE','LU'])[loading.pick(i, 4, 16, 2.2)] END) AS told (country);

-- Eight roots, forty branches, a hundred and twenty leaves.
INSERT INTO categories
SELECT i,
       CASE WHEN i > 48 THEN 9 + (i - 49) / 3 WHEN i > 8 THEN 1 + (i - 9) / 5 END,
       CASE WHEN i > 48 THEN 'Shelf ' WHEN i > 8 THEN 'Aisle ' ELSE 'Hall ' END || i
FROM generate_series(1, 168) AS i;

-- Eighty brands, the first of which makes a ninth of all products. What a part fits is a
-- number in some feeds and a text in others, and a few parts say null.
INSERT INTO products
SELECT i, 'SKU-' || lpad(i::text, 7, '0'),
       (ARRAY['Compact','Silent','Heavy','Classic','Smart','Folding','Outdoor','Mini'])[loading.pick(i, 11, 8)] || ' '
           || (ARRAY['kettle','lamp','drill','chair','filter','pump','shelf','blender','heater','fan','saw','mixer'])[loading.pick(i, 12, 12)] || ' ' || (i * 37 % 997),
       (ARRAY['Nord','Alto','Bera','Casa','Duro','Elan','Faro','Giga','Hest','Iris','Jova','Kelo','Luma','Mira','Nova','Orba'])[1 + (brand - 1) % 16]
           || (ARRAY['werk','line','haus','tec','ora'])[1 + (brand - 1) / 16],
       CASE WHEN loading.dice(i, 14) >= 0.02 THEN 49 + (brand * 3 + loading.pick(i, 15, 6)) % 120 END,
       loading.list_price(i),
       jsonb_strip_nulls(jsonb_build_object(
           'color', (ARRAY['black','white','grey','red','blue','green','oak','steel'])[loading.pick(i, 17, 8, 1.6)],
           'weight_g', 50 + loading.pick(i, 18, 20000),
           'warranty_months', 12 * loading.pick(i, 19, 5),
           'origin', (ARRAY['DE','PL','CN','IT','TR'])[loading.pick(i, 20, 5, 1.7)],
           'packaging', jsonb_build_object('depth_mm', loading.pick(i, 21, 900), 'width_mm', loading.pick(i, 22, 900), 'height_mm', loading.pick(i, 23, 900)),
           'tags', (SELECT jsonb_agg('tag-' || loading.pick(i * 8 + t, 24, 300)) FROM generate_series(1, loading.pick(i, 25, 8)) AS t)))
           || CASE
                  WHEN loading.dice(i, 26) < 0.35 THEN '{}'
                  WHEN loading.dice(i, 26) < 0.38 THEN '{"fits": null}'
                  WHEN loading.dice(i, 27) < 0.4 THEN jsonb_build_object('fits', 99 + loading.pick(i, 28, 800))
                  ELSE jsonb_build_object('fits', (99 + loading.pick(i, 28, 800))::text)
              END,
       CASE WHEN loading.dice(i, 29) >= 0.05 THEN
           'Made for every day. ' || repeat((ARRAY['Easy to clean and quick to store. ','Tested twice before it leaves the house. ','Spare parts are kept for ten years. ','Runs on any socket, at home and on the road. '])[loading.pick(i, 30, 4)], loading.pick(i, 31, 14)::integer) END,
       CASE WHEN loading.dice(i, 32) < 0.12 THEN timestamptz '2022-06-01 00:00+00' + loading.pick(i, 33, 900) * interval '1 day' END
FROM generate_series(1, 2000 * loading.scale()) AS i
CROSS JOIN LATERAL (SELECT loading.pick(i, 13, 80, 2)) AS made (brand);

-- A price changes sixteen times on average and in a few products two hundred times. Campaigns
-- begin at the same instant as a list price, so that the latest one can be two.
INSERT INTO price_changes
SELECT row_number() OVER (ORDER BY valid_from, product_id, n), product_id,
       round(price * (0.8 + 0.4 * loading.dice(product_id * 512 + n, 41))::numeric, 2),
       CASE WHEN twin THEN 'campaign' WHEN loading.dice(product_id * 512 + n, 42) < 0.1 THEN 'manual' ELSE 'list' END, valid_from
FROM (SELECT p.id AS product_id, p.price, n, twin,
             timestamptz '2022-01-01 00:00+00' + floor(1095 * loading.dice(p.id * 512 + n - CASE WHEN twin THEN 1 ELSE 0 END, 43)) * interval '1 day' AS valid_from
      FROM products p
      CROSS JOIN LATERAL generate_series(1, CASE WHEN loading.dice(p.id, 44) < 0.02 THEN 0 WHEN loading.dice(p.id, 44) < 0.05 THEN 200
                                                 ELSE loading.pick(p.id, 45, 20) END) AS n
      CROSS JOIN LATERAL (SELECT n > 1 AND loading.dice(p.id * 512 + n, 46) < 0.06) AS t (twin)) AS change;

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

-- Reviews: six to twelve phrases, most of them common, and now and then a rare complaint.
-- Many are of few products; one in fourteen has stars only, one in ten no stars.
INSERT INTO reviews
SELECT i, loading.scatter(loading.pick(i, 91, 2000 * loading.scale(), 1.7), 2000 * loading.scale()),
       CASE WHEN loading.dice(i, 92) >= 0.05 THEN loading.scatter(loading.pick(i, 93, 7500 * loading.scale(), 1.5), 7500 * loading.scale()) END,
       CASE WHEN loading.dice(i, 94) >= 0.1 THEN 6 - loading.pick(i, 95, 5, 2.2) END,
       CASE WHEN loading.dice(i, 96) < 0.002 THEN 'reported' WHEN loading.dice(i, 96) < 0.03 THEN 'pending' ELSE 'published' END,
       CASE WHEN loading.dice(i, 97) >= 0.07 THEN
           (SELECT string_agg(
                (ARRAY['The handle','The lid','The cable','The motor','The surface','The packaging','The manual','The switch','The colour','The size'])[loading.pick(i * 16 + n, 98, 10)]
                    || ' ' || (ARRAY['is fine','is a bit loose','feels solid','looks better than expected','could be longer','is easy to clean','is loud at night','works as described'])[loading.pick(i * 16 + n, 99, 8)]
                    || (ARRAY['. ',', really. ','! ',' after two weeks. ',', 100% so far. '])[loading.pick(i * 16 + n, 100, 5, 1.5)], '' ORDER BY n)
            FROM generate_series(1, 5 + loading.pick(i, 101, 7)) AS n)
           || CASE WHEN loading.dice(i, 102) < 0.0012 THEN 'It began to leak on the first day.'
                   WHEN loading.dice(i, 102) < 0.0016 THEN 'Leak in the valve, sent back.'
                   WHEN loading.dice(i, 102) < 0.0019 THEN 'It does overheat.'
                   WHEN loading.dice(i, 102) < 0.1 THEN 'Would buy again.' ELSE '' END END,
       timestamptz '2022-01-01 00:00+00' + floor(1095 * 86400 * loading.dice(i, 103)) * interval '1 second'
FROM generate_series(1, 7500 * loading.scale()) AS i;

-- The keys of the shop, and the few indexes that it has beside them.
ALTER TABLE customers ADD PRIMARY KEY (id), ADD UNIQUE (email);
ALTER TABLE categories ADD PRIMARY KEY (id);
ALTER TABLE products ADD PRIMARY KEY (id), ADD UNIQUE (sku);
ALTER TABLE orders ADD PRIMARY KEY (id);
ALTER TABLE order_lines ADD PRIMARY KEY (order_id, line_no);
ALTER TABLE payments ADD PRIMARY KEY (id);
ALTER TABLE returns ADD PRIMARY KEY (id);
ALTER TABLE reviews ADD PRIMARY KEY (id);
ALTER TABLE price_changes ADD PRIMARY KEY (id);

ALTER TABLE categories ADD FOREIGN KEY (parent_id) REFERENCES categories;
ALTER TABLE products ADD FOREIGN KEY (category_id) REFERENCES categories;
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE order_lines ADD FOREIGN KEY (order_id) REFERENCES orders, ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE returns ADD FOREIGN KEY (order_id, line_no) REFERENCES order_lines;
ALTER TABLE reviews ADD FOREIGN KEY (product_id) REFERENCES products, ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE price_changes ADD FOREIGN KEY (product_id) REFERENCES products;

CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE INDEX orders_placed_at_idx ON orders (placed_at);
CREATE INDEX price_changes_product_id_idx ON price_changes (product_id);

DROP SCHEMA loading CASCADE;

VACUUM ANALYZE;
