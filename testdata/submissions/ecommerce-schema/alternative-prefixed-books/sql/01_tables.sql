CREATE TABLE IF NOT EXISTS bs_customer (
    cust_id       BIGSERIAL PRIMARY KEY,
    cust_email    TEXT NOT NULL CHECK (cust_email = lower(cust_email)) UNIQUE,
    cust_pw_hash  TEXT NOT NULL,
    cust_name     TEXT NOT NULL,
    cust_phone    TEXT,
    cust_since    TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS bs_author (
    auth_id   BIGSERIAL PRIMARY KEY,
    auth_name TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS bs_genre (
    gen_id     BIGSERIAL PRIMARY KEY,
    gen_parent BIGINT REFERENCES bs_genre,
    gen_name   TEXT NOT NULL UNIQUE
);

CREATE TABLE IF NOT EXISTS bs_book (
    book_id    BIGSERIAL PRIMARY KEY,
    book_isbn  CHAR(13) NOT NULL UNIQUE,
    book_title TEXT NOT NULL,
    book_desc  TEXT,
    book_price NUMERIC(8,2) NOT NULL CHECK (book_price >= 0),
    book_stock INTEGER NOT NULL DEFAULT 0 CHECK (book_stock >= 0)
);

CREATE TABLE IF NOT EXISTS bs_book_author (
    book_id BIGINT NOT NULL REFERENCES bs_book ON DELETE CASCADE,
    auth_id BIGINT NOT NULL REFERENCES bs_author ON DELETE CASCADE,
    PRIMARY KEY (book_id, auth_id)
);

CREATE TABLE IF NOT EXISTS bs_book_genre (
    book_id BIGINT NOT NULL REFERENCES bs_book ON DELETE CASCADE,
    gen_id  BIGINT NOT NULL REFERENCES bs_genre ON DELETE CASCADE,
    PRIMARY KEY (gen_id, book_id)
);

CREATE TABLE IF NOT EXISTS bs_order (
    ord_id      BIGSERIAL PRIMARY KEY,
    cust_id     BIGINT NOT NULL REFERENCES bs_customer,
    ord_status  TEXT NOT NULL DEFAULT 'new' CHECK (ord_status IN ('new', 'paid', 'sent', 'cancelled')),
    ord_date    TIMESTAMPTZ NOT NULL DEFAULT now(),
    ord_ship_to TEXT NOT NULL,
    ord_bill_to TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS bs_order_book (
    ord_id    BIGINT NOT NULL REFERENCES bs_order ON DELETE CASCADE,
    book_id   BIGINT NOT NULL REFERENCES bs_book,
    ob_qty    INTEGER NOT NULL CHECK (ob_qty > 0),
    ob_price  NUMERIC(8,2) NOT NULL CHECK (ob_price >= 0),
    PRIMARY KEY (ord_id, book_id)
);

CREATE TABLE IF NOT EXISTS bs_payment (
    pay_id     BIGSERIAL PRIMARY KEY,
    ord_id     BIGINT NOT NULL REFERENCES bs_order,
    pay_amount NUMERIC(8,2) NOT NULL CHECK (pay_amount > 0),
    pay_ref    TEXT NOT NULL UNIQUE
);
