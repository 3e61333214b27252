\set ON_ERROR_STOP on
\echo making the shop
CREATE DATABASE shop;
\connect shop
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS citext;
\ir tables/people.sql
\ir tables/catalogue.sql
\ir tables/sales.sql

GRANT SELECT ON ALL TABLES IN SCHEMA public TO reporting;
ALTER TABLE users OWNER TO shop_owner;
\echo done
