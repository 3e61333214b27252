TRUNCATE reviews;
