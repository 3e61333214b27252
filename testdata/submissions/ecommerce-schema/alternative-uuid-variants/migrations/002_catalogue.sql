CREATE TABLE categories (
    id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    parent_id uuid REFERENCES categories (id) ON DELETE SET NULL,
    name      varchar(200) NOT NULL,
    slug      varchar(200) NOT NULL UNIQUE,
    CHECK (id <> parent_id)
);
CREATE UNIQUE INDEX categories_sibling_key ON categories (coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), lower(name));
CREATE INDEX ON categories (parent_id);

CREATE TABLE products (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name        varchar(300) NOT NULL,
    slug        varchar(300) NOT NULL UNIQUE,
    description text,
    attributes  jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz
);
CREATE INDEX products_name_prefix ON products (name varchar_pattern_ops);

CREATE TABLE product_category (
    product_id  uuid REFERENCES products (id) ON DELETE CASCADE,
    category_id uuid REFERENCES categories (id) ON DELETE CASCADE,
    PRIMARY KEY (category_id, product_id)
);
CREATE INDEX ON product_category (product_id);

CREATE TABLE product_variants (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    product_id uuid NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    sku        varchar(64) NOT NULL UNIQUE,
    title      varchar(200) NOT NULL,
    price      numeric(10, 2) NOT NULL CHECK (price >= 0),
    stock      integer NOT NULL DEFAULT 0 CHECK (stock >= 0),
    deleted_at timestamptz
);
CREATE INDEX ON product_variants (product_id);
