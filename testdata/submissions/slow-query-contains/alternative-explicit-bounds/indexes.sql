CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX reviews_published_body_idx ON reviews USING gin (body gin_trgm_ops) WHERE status = 'published';
