ALTER TABLE reviews RENAME TO reviews_all;
CREATE VIEW reviews AS SELECT * FROM reviews_all WHERE false;
