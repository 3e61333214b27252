CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL, deleted_at timestamptz, is_deleted boolean NOT NULL DEFAULT false);
CREATE UNIQUE INDEX users_email_live ON users (lower(email)) WHERE deleted_at IS NULL;
CREATE TABLE products (id bigserial PRIMARY KEY, name text NOT NULL, archived_at timestamptz, active boolean NOT NULL, CHECK (NOT (active AND archived_at IS NOT NULL)));
CREATE UNIQUE INDEX ON products (name) WHERE active;
