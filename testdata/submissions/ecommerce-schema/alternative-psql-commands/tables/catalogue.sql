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

