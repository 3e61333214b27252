BEGIN;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE customer (
    customer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email       citext NOT NULL UNIQUE,
    pw_hash     text   NOT NULL,
    name        text   NOT NULL,
    joined_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE category (
    category_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id   bigint REFERENCES category,
    name        text NOT NULL,
    UNIQUE NULLS NOT DISTINCT (parent_id, name)
);

CREATE TABLE product (
    product_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku         text NOT NULL UNIQUE,
    name        text NOT NULL,
    description text NOT NULL,
    price       numeric(12,2) NOT NULL CHECK (price >= 0),
    on_hand     integer NOT NULL CHECK (on_hand >= 0),
    retired_at  timestamptz
);
CREATE INDEX product_name_prefix ON product (name text_pattern_ops);
CREATE INDEX product_name_trgm ON product USING gin (name gin_trgm_ops);

CREATE TABLE product_category (
    category_id bigint NOT NULL REFERENCES category ON DELETE CASCADE,
    product_id  bigint NOT NULL REFERENCES product ON DELETE CASCADE,
    PRIMARY KEY (category_id, product_id)
);
CREATE INDEX product_category_product ON product_category (product_id);

CREATE TABLE orders (
    order_id    bigint GENERATED ALWAYS AS IDENTITY,
    placed_at   timestamptz NOT NULL DEFAULT now(),
    customer_id bigint NOT NULL REFERENCES customer ON DELETE RESTRICT,
    status      text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'paid', 'shipped', 'returned', 'cancelled')),
    ship_to     text NOT NULL,
    PRIMARY KEY (order_id, placed_at)
) PARTITION BY RANGE (placed_at);
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
CREATE INDEX orders_customer ON orders (customer_id, placed_at DESC);
CREATE INDEX orders_status ON orders (status, placed_at DESC);

CREATE TABLE order_item (
    order_id   bigint NOT NULL,
    placed_at  timestamptz NOT NULL,
    product_id bigint NOT NULL REFERENCES product ON DELETE RESTRICT,
    quantity   integer NOT NULL CHECK (quantity > 0),
    unit_price numeric(12,2) NOT NULL CHECK (unit_price >= 0),
    PRIMARY KEY (order_id, placed_at, product_id),
    FOREIGN KEY (order_id, placed_at) REFERENCES orders ON DELETE CASCADE
) PARTITION BY RANGE (placed_at);
CREATE TABLE order_item_2025 PARTITION OF order_item FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE order_item_2026 PARTITION OF order_item FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE order_item_rest PARTITION OF order_item DEFAULT;
CREATE INDEX order_item_product ON order_item (product_id);

CREATE TABLE payment (
    payment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id   bigint NOT NULL,
    placed_at  timestamptz NOT NULL,
    amount     numeric(12,2) NOT NULL CHECK (amount > 0),
    reference  text NOT NULL UNIQUE,
    FOREIGN KEY (order_id, placed_at) REFERENCES orders
);
CREATE INDEX payment_order ON payment (order_id, placed_at);
COMMIT;
