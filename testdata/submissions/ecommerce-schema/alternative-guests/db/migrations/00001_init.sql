-- +goose Up
CREATE DOMAIN money_amount AS numeric(14, 4) CHECK (VALUE >= 0);
CREATE DOMAIN email_address AS text CHECK (VALUE = lower(VALUE) AND VALUE ~ '^[^@ ]+@[^@ ]+$');

CREATE TABLE accounts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email      email_address NOT NULL UNIQUE,
    pass_hash  text NOT NULL,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE categories (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);
-- Every category with all that are above it, itself included with distance 0.
CREATE TABLE category_tree (
    ancestor_id   bigint NOT NULL REFERENCES categories ON DELETE CASCADE,
    descendant_id bigint NOT NULL REFERENCES categories ON DELETE CASCADE,
    distance      smallint NOT NULL CHECK (distance >= 0),
    PRIMARY KEY (ancestor_id, descendant_id)
);
CREATE INDEX category_tree_descendant ON category_tree (descendant_id);

CREATE TABLE items (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku         text NOT NULL UNIQUE,
    title       text NOT NULL,
    description text NOT NULL DEFAULT '',
    price       money_amount NOT NULL,
    stock       integer NOT NULL DEFAULT 0 CHECK (stock >= 0)
);
CREATE INDEX items_title ON items (title text_pattern_ops);

CREATE TABLE item_categories (
    item_id     bigint NOT NULL REFERENCES items ON DELETE CASCADE,
    category_id bigint NOT NULL REFERENCES categories ON DELETE CASCADE,
    PRIMARY KEY (category_id, item_id)
);
CREATE INDEX item_categories_item ON item_categories (item_id);

-- +goose Down
DROP TABLE item_categories, items, category_tree, categories, accounts;
DROP DOMAIN email_address, money_amount;
