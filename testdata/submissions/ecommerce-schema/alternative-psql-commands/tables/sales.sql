-- ---------------------------------------------------------------- what was sold

CREATE TABLE IF NOT EXISTS orders (
    id                   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id              bigint      NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    status               text        NOT NULL DEFAULT 'pending'
                                     CHECK (status IN ('pending', 'paid', 'shipped', 'delivered', 'cancelled')),
    placed_at            timestamptz NOT NULL DEFAULT now(),
    shipping_recipient   text        NOT NULL,
    shipping_street      text        NOT NULL,
    shipping_city        text        NOT NULL,
    shipping_postal_code text        NOT NULL,
    shipping_country     char(2)     NOT NULL
);
CREATE INDEX IF NOT EXISTS orders_user_id_idx ON orders (user_id, placed_at DESC);
CREATE INDEX IF NOT EXISTS orders_status_idx ON orders (status, placed_at DESC);

CREATE TABLE IF NOT EXISTS order_items (
    order_id   bigint         NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product_id bigint         NOT NULL REFERENCES products (id) ON DELETE RESTRICT,
    quantity   integer        NOT NULL CHECK (quantity > 0),
    unit_price numeric(12, 2) NOT NULL CHECK (unit_price >= 0), -- at the time of the sale
    line_total numeric(14, 2) GENERATED ALWAYS AS (quantity * unit_price) STORED,
    PRIMARY KEY (order_id, product_id)
);
CREATE INDEX IF NOT EXISTS order_items_product_id_idx ON order_items (product_id);

CREATE TABLE IF NOT EXISTS payments (
    id                 bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id           bigint         NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    amount             numeric(12, 2) NOT NULL CHECK (amount > 0),
    status             text           NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'settled', 'failed')),
    provider_reference text           NOT NULL UNIQUE,
    created_at         timestamptz    NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS payments_order_id_idx ON payments (order_id);

CREATE TABLE IF NOT EXISTS reviews (
    product_id bigint      NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    user_id    bigint      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    rating     smallint    NOT NULL CHECK (rating BETWEEN 1 AND 5),
    body       text        NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (product_id, user_id)
);
CREATE INDEX IF NOT EXISTS reviews_user_id_idx ON reviews (user_id);
