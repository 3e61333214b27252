SELECT id, name, brand, units, revenue, customers, reviews, rating, price FROM best WHERE category_id = $1 AND $2 IS NOT NULL ORDER BY revenue DESC, id LIMIT 20;
