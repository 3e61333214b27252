CREATE TABLE notes (id serial PRIMARY KEY, owner_name text NOT NULL DEFAULT current_user, body text NOT NULL CHECK (body <> ''));
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner_name = current_user) WITH CHECK (owner_name = current_user);
CREATE TABLE plain (id serial PRIMARY KEY, note int NOT NULL REFERENCES notes);
