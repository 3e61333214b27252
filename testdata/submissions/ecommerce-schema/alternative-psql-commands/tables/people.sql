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

