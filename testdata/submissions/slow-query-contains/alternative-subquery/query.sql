SELECT r.id, r.product_id, r.rating, r.body
FROM reviews r
WHERE r.id IN (SELECT s.id FROM reviews s WHERE s.body LIKE '%' || $1 || '%')
  AND r.status = 'published'
ORDER BY r.id;
