"""A REST API for todos, kept in Postgres."""
