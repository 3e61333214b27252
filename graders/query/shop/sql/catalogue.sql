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
