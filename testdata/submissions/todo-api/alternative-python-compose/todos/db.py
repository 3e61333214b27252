"""One connection per request: simple, and enough for a todo list."""

import os

import psycopg
from psycopg.rows import dict_row


def connect() -> psycopg.Connection:
    return psycopg.connect(
        host=os.environ["DB_HOST"],
        port=os.environ.get("DB_PORT", "5432"),
        user=os.environ["DB_USER"],
        password=os.environ["DB_PASS"],
        dbname=os.environ["DB_NAME"],
        connect_timeout=3,
        row_factory=dict_row,
    )


def one(statement: str, values: dict) -> dict | None:
    with connect() as connection:
        return connection.execute(statement, values).fetchone()


def every(statement: str) -> list[dict]:
    with connect() as connection:
        return connection.execute(statement).fetchall()
