-- The roles and the database of a submission. Their names and passwords are given at
-- each start; until then none of them can log in.

ALTER ROLE postgres PASSWORD :'bootstrap';

CREATE ROLE takehome_owner NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 100;
CREATE ROLE takehome_probe NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 8;
GRANT pg_read_all_data TO takehome_probe;

-- The probe looks at what a stranger made: read only, never waiting long, never fooled
-- by the search path, and an error where row security would hide rows.
ALTER ROLE takehome_probe SET default_transaction_read_only = on;
ALTER ROLE takehome_probe SET statement_timeout = '5s';
ALTER ROLE takehome_probe SET lock_timeout = '500ms';
ALTER ROLE takehome_probe SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE takehome_probe SET row_security = off;
ALTER ROLE takehome_probe SET search_path = pg_catalog, pg_temp;

-- Two databases are enough, and each one that is not there is 300 files less to copy at
-- each start: the candidate's, and one for us. A database that is connected to cannot be
-- renamed, hence the round trip.
\connect template1
ALTER DATABASE postgres RENAME TO takehome;
\connect takehome
ALTER DATABASE template0 IS_TEMPLATE false;
DROP DATABASE template0;
ALTER DATABASE template1 RENAME TO postgres;
ALTER DATABASE postgres IS_TEMPLATE false;
COMMENT ON DATABASE takehome IS NULL;
COMMENT ON DATABASE postgres IS NULL;

-- The candidate's database stays ours, so that its settings stay ours; its schema does not.
REVOKE ALL ON DATABASE takehome, postgres FROM PUBLIC;
GRANT CONNECT, CREATE, TEMPORARY ON DATABASE takehome TO takehome_owner;
GRANT CONNECT ON DATABASE takehome TO takehome_probe;
ALTER SCHEMA public OWNER TO takehome_owner;

-- Sessions of one role may end each other, and some of the sessions of this role are ours.
REVOKE EXECUTE ON FUNCTION pg_terminate_backend, pg_cancel_backend FROM PUBLIC;

-- Statistics of the whole server, kept out of the candidate's database.
\connect postgres
CREATE EXTENSION pg_stat_statements;
CHECKPOINT;
