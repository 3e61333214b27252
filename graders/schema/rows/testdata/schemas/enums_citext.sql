CREATE EXTENSION citext;
CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped');
CREATE TYPE sizes AS ENUM ('S', 'M');
CREATE TABLE members (id bigserial PRIMARY KEY, email citext NOT NULL UNIQUE, nick citext UNIQUE);
CREATE TABLE garments (id bigserial PRIMARY KEY, size sizes NOT NULL, available sizes[] NOT NULL, tags text[] NOT NULL CHECK (cardinality(tags) > 0), attributes jsonb NOT NULL CHECK (jsonb_typeof(attributes) = 'object'));
CREATE TABLE sales (id bigserial PRIMARY KEY, member_id bigint NOT NULL REFERENCES members, status order_status NOT NULL);
CREATE TABLE sale_lines (sale_id bigint NOT NULL REFERENCES sales, garment_id bigint NOT NULL REFERENCES garments, size sizes NOT NULL, n int NOT NULL, PRIMARY KEY (sale_id, garment_id, size));
