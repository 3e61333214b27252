-- impossible: husband wife guest (circle)
CREATE TABLE husband (id int PRIMARY KEY, wife_id int NOT NULL);
CREATE TABLE wife (id int PRIMARY KEY, husband_id int NOT NULL REFERENCES husband);
ALTER TABLE husband ADD FOREIGN KEY (wife_id) REFERENCES wife;
CREATE TABLE guest (id int PRIMARY KEY, of_husband int NOT NULL REFERENCES husband);
CREATE TABLE free (id int PRIMARY KEY);
