-- A shop on PostgreSQL 17. Safe to run again: everything is created only where it is missing.
-- Why it looks the way it does is in DESIGN.md, the diagram in docs/erd.mmd.

CREATE EXTENSION IF NOT EXISTS citext;

-- ---------------------------------------------------------------- people

CREATE TABLE IF NOT EXISTS users (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         citext      NOT NULL UNIQUE CHECK (length(email) <= 254),
    password_hash text        NOT NULL CHECK (length(password_hash) >= 59), -- bcrypt or argon2
    full_name     text        NOT NULL CHECK (full_name <> ''),
    phone         text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    deleted_at    timestamptz
);

CREATE TABLE IF NOT EXISTS addresses (
    id           bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id      bigint  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    recipient    text    NOT NULL,
    street       text    NOT NULL,
    city         text    NOT NULL,
    postal_code  text    NOT NULL,
    country_code char(2) NOT NULL CHECK (country_code ~ '^[A-Z]{2}$'),
    is_default   boolean NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS addresses_user_id_idx ON addresses (user_id);

-- ---------------------------------------------------------------- what is sold

CREATE TABLE IF NOT EXISTS categories (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES categories (id) ON DELETE RESTRICT,
    name      text   NOT NULL CHECK (name <> ''),
    CONSTRAINT categories_not_own_parent CHECK (parent_id <> id),
    CONSTRAINT categories_name_per_parent UNIQUE NULLS NOT DISTINCT (parent_id, name)
);

CREATE TABLE IF NOT EXISTS products (
    id          bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku         text           NOT NULL UNIQUE,
    name        text           NOT NULL CHECK (name <> ''),
    description text           NOT NULL DEFAULT '',
    price       numeric(12, 2) NOT NULL CHECK (price >= 0),
    stock       integer        NOT NULL DEFAULT 0 CHECK (stock >= 0),
    is_active   boolean        NOT NULL DEFAULT true,
    created_at  timestamptz    NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS products_name_idx ON products (name text_pattern_ops);
CREATE INDEX IF NOT EXISTS products_search_idx ON products USING gin (to_tsvector('english', name || ' ' || description));

CREATE TABLE IF NOT EXISTS product_categories (
    product_id  bigint NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    category_id bigint NOT NULL REFERENCES categories (id) ON DELETE CASCADE,
    PRIMARY KEY (product_id, category_id)
);
CREATE INDEX IF NOT EXISTS product_categories_category_id_idx ON product_categories (category_id, product_id);

-- What a product cost, and when. valid_to is null for the price of today.
CREATE TABLE IF NOT EXISTS product_prices (
    product_id bigint         NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    valid_from timestamptz    NOT NULL DEFAULT now(),
    valid_to   timestamptz    CHECK (valid_to > valid_from),
    price      numeric(12, 2) NOT NULL CHECK (price >= 0),
    PRIMARY KEY (product_id, valid_from)
);

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
