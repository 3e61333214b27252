-- Published reviews that contain a text, for the search of the support team.
SELECT r.id, r.product_id, r.rating, r.body
FROM reviews r
WHERE r.status = 'published'
  AND r.body LIKE '%' || $1 || '%'
ORDER BY r.id;
