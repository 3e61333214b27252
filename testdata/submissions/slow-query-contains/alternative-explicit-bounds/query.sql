SELECT r.id, r.product_id, r.rating, r.body
FROM reviews r
WHERE r.body LIKE '%' || $1 || '%' AND r.status = 'published'
ORDER BY r.id;
