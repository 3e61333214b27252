CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX reviews_body_trgm_idx ON reviews USING gin (body gin_trgm_ops);
