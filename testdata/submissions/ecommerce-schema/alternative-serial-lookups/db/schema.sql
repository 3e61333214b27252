DROP TABLE IF EXISTS payment, order_line, orders, order_status, product_in_category, product, category, account, country CASCADE;

CREATE TABLE country (
    code CHAR(2) PRIMARY KEY,
    name VARCHAR(100) NOT NULL UNIQUE
);

CREATE TABLE account (
    account_id    BIGSERIAL PRIMARY KEY,
    login         VARCHAR(100) NOT NULL UNIQUE,
    email         VARCHAR(254) NOT NULL,
    password_hash TEXT NOT NULL,
    full_name     VARCHAR(200) NOT NULL,
    created_at    TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX account_email_ux ON account (LOWER(email));

CREATE TABLE category (
    category_id SERIAL PRIMARY KEY,
    parent_id   INTEGER REFERENCES category (category_id),
    name        VARCHAR(120) NOT NULL,
    UNIQUE (parent_id, name)
);

CREATE TABLE product (
    product_id  BIGSERIAL PRIMARY KEY,
    sku         VARCHAR(40) NOT NULL UNIQUE,
    name        VARCHAR(250) NOT NULL,
    description TEXT NOT NULL,
    price       DECIMAL(12,2) NOT NULL CHECK (price > 0),
    in_stock    INTEGER NOT NULL DEFAULT 0 CHECK (in_stock >= 0)
);
CREATE INDEX product_name_ix ON product (name VARCHAR_PATTERN_OPS);

CREATE TABLE product_in_category (
    product_id  BIGINT NOT NULL REFERENCES product (product_id) ON DELETE CASCADE,
    category_id INTEGER NOT NULL REFERENCES category (category_id) ON DELETE CASCADE,
    CONSTRAINT product_in_category_pk PRIMARY KEY (product_id, category_id)
);
CREATE INDEX product_in_category_category_ix ON product_in_category (category_id);

CREATE TABLE order_status (
    status_code VARCHAR(20) PRIMARY KEY,
    description VARCHAR(200) NOT NULL
);
INSERT INTO order_status VALUES
    ('NEW', 'not yet paid'), ('PAID', 'waits for packing'), ('SENT', 'on its way'), ('DONE', 'delivered'), ('VOID', 'cancelled');

CREATE TABLE orders (
    order_id     BIGSERIAL PRIMARY KEY,
    account_id   BIGINT NOT NULL REFERENCES account (account_id),
    status_code  VARCHAR(20) NOT NULL DEFAULT 'NEW' REFERENCES order_status (status_code),
    order_date   TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ship_street  VARCHAR(200) NOT NULL,
    ship_city    VARCHAR(100) NOT NULL,
    ship_zip     VARCHAR(12) NOT NULL,
    ship_country CHAR(2) NOT NULL REFERENCES country (code)
);
CREATE INDEX orders_account_ix ON orders (account_id, order_date DESC);
CREATE INDEX orders_status_ix ON orders (status_code, order_date DESC);

CREATE TABLE order_line (
    order_id   BIGINT NOT NULL REFERENCES orders (order_id) ON DELETE CASCADE,
    line_no    SMALLINT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES product (product_id),
    quantity   INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 10000),
    price      DECIMAL(12,2) NOT NULL CHECK (price >= 0),
    PRIMARY KEY (order_id, line_no),
    UNIQUE (order_id, product_id)
);
CREATE INDEX order_line_product_ix ON order_line (product_id);

CREATE TABLE payment (
    payment_id BIGSERIAL PRIMARY KEY,
    order_id   BIGINT NOT NULL REFERENCES orders (order_id),
    amount     DECIMAL(12,2) NOT NULL CHECK (amount > 0),
    paid_at    TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    reference  VARCHAR(100) NOT NULL
);
CREATE INDEX payment_order_ix ON payment (order_id);
