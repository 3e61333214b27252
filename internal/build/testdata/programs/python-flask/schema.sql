-- psql -f schema.sql
CREATE DATABASE todos;
\c todos
CREATE TABLE todos (id serial PRIMARY KEY, title text NOT NULL);
