CREATE TABLE category (id serial PRIMARY KEY, name text NOT NULL, parent_id int REFERENCES category, UNIQUE NULLS NOT DISTINCT (parent_id, name));
CREATE TABLE employee (id int PRIMARY KEY, boss_id int NOT NULL REFERENCES employee, name text NOT NULL);
CREATE TABLE node (tree int, id int, parent int NOT NULL, PRIMARY KEY (tree, id), FOREIGN KEY (tree, parent) REFERENCES node);
CREATE TABLE page (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, root_id bigint NOT NULL REFERENCES page, title text NOT NULL);
