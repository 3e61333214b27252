DROP SCHEMA sales, catalog, identity CASCADE;
