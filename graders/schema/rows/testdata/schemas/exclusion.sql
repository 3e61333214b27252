CREATE TABLE price_period (id serial PRIMARY KEY, during daterange NOT NULL, EXCLUDE USING gist (during WITH &&));
CREATE TABLE booking (id serial PRIMARY KEY, room int NOT NULL, slot tstzrange NOT NULL, EXCLUDE USING gist (slot WITH &&));
