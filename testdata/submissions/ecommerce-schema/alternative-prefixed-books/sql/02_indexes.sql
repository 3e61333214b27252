CREATE INDEX IF NOT EXISTS bs_order_customer ON bs_order (cust_id, ord_date DESC);
CREATE INDEX IF NOT EXISTS bs_order_status ON bs_order (ord_status, ord_date);
CREATE INDEX IF NOT EXISTS bs_order_book_book ON bs_order_book (book_id);
CREATE INDEX IF NOT EXISTS bs_book_author_author ON bs_book_author (auth_id);
CREATE INDEX IF NOT EXISTS bs_book_genre_book ON bs_book_genre (book_id);
CREATE INDEX IF NOT EXISTS bs_genre_parent ON bs_genre (gen_parent);
CREATE INDEX IF NOT EXISTS bs_payment_order ON bs_payment (ord_id);
CREATE INDEX IF NOT EXISTS bs_book_title ON bs_book (book_title text_pattern_ops);
