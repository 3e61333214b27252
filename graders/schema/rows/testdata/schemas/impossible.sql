-- impossible: never ruled (rules), swallowed (lost), child (lost)
CREATE TABLE never (id int PRIMARY KEY, a int NOT NULL CHECK (a > 0), CHECK (a < 0));
CREATE TABLE ruled (id int PRIMARY KEY);
CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE unique_violation USING MESSAGE = 'duplicate key value', CONSTRAINT = 'ruled_pkey'; END $$;
CREATE TRIGGER no BEFORE INSERT ON ruled FOR EACH ROW EXECUTE FUNCTION no();
CREATE TABLE swallowed (id int PRIMARY KEY);
CREATE RULE quiet AS ON INSERT TO swallowed DO INSTEAD NOTHING;
CREATE TABLE child (id int PRIMARY KEY, swallowed_id int NOT NULL REFERENCES swallowed);
CREATE TABLE fine (id int PRIMARY KEY);
