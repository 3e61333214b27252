CREATE EXTENSION hstore;
CREATE TYPE dims AS (w int, h int);
CREATE TABLE odd (id bytea PRIMARY KEY, ip inet NOT NULL, net cidr NOT NULL, mac macaddr NOT NULL, span interval NOT NULL CHECK (span > interval '0'), t time NOT NULL, p point NOT NULL, b bit(3) NOT NULL, vb bit varying(5) NOT NULL,
  r int4range NOT NULL CHECK (NOT isempty(r)), tr tstzrange NOT NULL, x xml, h hstore NOT NULL, vec tsvector NOT NULL, d dims, m money NOT NULL CHECK (m > '0'::money), f float8 NOT NULL, real_ real NOT NULL, c "char" NOT NULL, nm name NOT NULL, o oid NOT NULL, big numeric NOT NULL, j json NOT NULL);
