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
