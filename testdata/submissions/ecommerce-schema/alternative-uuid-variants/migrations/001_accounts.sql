CREATE TYPE order_state AS ENUM ('cart', 'placed', 'paid', 'shipped', 'delivered', 'cancelled');
CREATE TYPE payment_state AS ENUM ('pending', 'captured', 'failed');

CREATE TABLE customers (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email         varchar(320) NOT NULL,
    password_hash varchar(255) NOT NULL,
    first_name    varchar(200) NOT NULL,
    last_name     varchar(200) NOT NULL,
    phone         varchar(32),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    deleted_at    timestamptz
);
-- A deleted account gives its address free.
CREATE UNIQUE INDEX customers_email_key ON customers (lower(email)) WHERE deleted_at IS NULL;

CREATE TABLE customer_addresses (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    line1       text NOT NULL,
    line2       text,
    city        text NOT NULL,
    postcode    varchar(16) NOT NULL,
    country     char(2) NOT NULL
);
CREATE INDEX ON customer_addresses (customer_id);
