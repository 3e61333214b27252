-- The shop: customers, a tree of categories, products, orders with their lines, payments,
-- returns, reviews and changes of prices. Times are UTC, amounts are euros. The keys and
-- indexes are in keys.sql: a table is filled faster without them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE customers (
    id            bigint NOT NULL,
    email         text NOT NULL,
    name          text NOT NULL,
    segment       text NOT NULL CHECK (segment IN ('private', 'business', 'wholesale')),
    country       text,                  -- NULL: never told
    city          text,
    registered_at timestamptz NOT NULL
);

CREATE TABLE categories (
    id        bigint NOT NULL,
    parent_id bigint,           -- NULL: a root
    name      text NOT NULL
);

CREATE TABLE products (
    id              bigint NOT NULL,
    sku             text NOT NULL,
    name            text NOT NULL,
    brand           text NOT NULL,
    category_id     bigint,           -- NULL: not filed yet
    price           numeric(10, 2) NOT NULL,
    attributes      jsonb NOT NULL,
    description     text,
    discontinued_at timestamptz
);

CREATE TABLE orders (
    id          bigint NOT NULL,
    reference   text,                    -- what the customer writes on a bank transfer
    customer_id bigint,                  -- NULL: a guest
    status      text NOT NULL,
    channel     text NOT NULL,
    placed_at   timestamptz NOT NULL,
    shipped_at  timestamptz,
    total       numeric(12, 2) NOT NULL
);

CREATE TABLE order_lines (
    order_id   bigint NOT NULL,
    line_no    integer NOT NULL,
    product_id bigint NOT NULL,
    quantity   integer NOT NULL CHECK (quantity > 0),
    unit_price numeric(10, 2) NOT NULL,
    discount   numeric(4, 2)            -- per cent; NULL: none was granted
);

CREATE TABLE payments (
    id          bigint NOT NULL,
    reference   text,                    -- as the bank tells it; NULL: it was left empty
    method      text NOT NULL,
    amount      numeric(12, 2) NOT NULL,
    received_at timestamptz NOT NULL
);

CREATE TABLE returns (
    id          bigint NOT NULL,
    order_id    bigint NOT NULL,
    line_no     integer NOT NULL,
    quantity    integer NOT NULL,
    reason      text,
    returned_at timestamptz NOT NULL
);

CREATE TABLE reviews (
    id          bigint NOT NULL,
    product_id  bigint NOT NULL,
    customer_id bigint,                  -- NULL: the account was deleted
    rating      integer CHECK (rating BETWEEN 1 AND 5),  -- NULL: words only
    status      text NOT NULL,
    body        text,                    -- NULL: stars only
    created_at  timestamptz NOT NULL
);

CREATE TABLE price_changes (
    id         bigint NOT NULL,
    product_id bigint NOT NULL,
    price      numeric(10, 2) NOT NULL,
    source     text NOT NULL,
    valid_from timestamptz NOT NULL
);
