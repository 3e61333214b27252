CREATE FUNCTION is_mail(t text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT t ~ '@' $$;
CREATE FUNCTION valid_code(t text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN length(t) = 8; END $$;
CREATE TABLE contact (id serial PRIMARY KEY, email text NOT NULL CHECK (is_mail(email)), code text NOT NULL CHECK (valid_code(code)), stars int NOT NULL CHECK (stars = ANY (ARRAY[3, 4])), lat numeric(9,6) NOT NULL CHECK (abs(lat) <= 90));
