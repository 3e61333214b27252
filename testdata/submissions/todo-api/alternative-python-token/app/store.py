"""All SQL. Every method may raise NotFound or Unavailable."""

import asyncio
import logging
import os
import socket
import time
from contextlib import asynccontextmanager
from typing import Annotated

import psycopg
from fastapi import Depends, Request
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from .problems import NotFound, Unavailable

log = logging.getLogger("todo-api")

# How long the program waits at start for a database that is still coming up, in seconds.
CONNECT_PATIENCE = 5
# How long one request may wait for the database.
QUERY_TIMEOUT = 4

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text NOT NULL UNIQUE,
    name          text NOT NULL,
    password_hash text NOT NULL,
    role          text NOT NULL DEFAULT 'user'
);
CREATE TABLE IF NOT EXISTS tokens (
    fingerprint text PRIMARY KEY,
    user_id     bigint      NOT NULL REFERENCES users,
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '12 hours'
);
CREATE TABLE IF NOT EXISTS todos (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     bigint      NOT NULL REFERENCES users,
    title       text        NOT NULL,
    description text        NOT NULL DEFAULT '',
    completed   boolean     NOT NULL DEFAULT false,
    due_date    date,
    priority    text        NOT NULL DEFAULT 'medium',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
)
"""

# Login refused, no such database, too many connections, shutdown: not a fault of the statement.
UNAVAILABLE = ("08", "28", "3D", "53", "57")


def prepare(database_url: str) -> None:
    """Makes the table. Waits a little for a database that starts at the same time."""
    deadline = time.monotonic() + CONNECT_PATIENCE
    while True:
        try:
            with psycopg.connect(database_url, connect_timeout=3) as connection:
                connection.execute(SCHEMA)
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


class Store:
    def __init__(self, database_url: str) -> None:
        self.pool = AsyncConnectionPool(
            database_url,
            kwargs={"row_factory": dict_row, "autocommit": True, "connect_timeout": 3},
            min_size=1,
            max_size=8,
            timeout=QUERY_TIMEOUT,
            reconnect_timeout=5,
            open=False,
        )

    async def open(self) -> None:
        await self.pool.open()

    async def close(self) -> None:
        await self.pool.close(timeout=2)

    async def ping(self) -> None:
        async with self._connection() as connection:
            await connection.execute("SELECT 1")

    async def insert_user(self, email: str, name: str, password_hash: str) -> dict:
        try:
            return await self._one(
                """INSERT INTO users (email, name, password_hash) VALUES (%(email)s, %(name)s, %(password_hash)s)
                   RETURNING id, email, name, role""",
                {"email": email, "name": name, "password_hash": password_hash},
            )
        except psycopg.errors.UniqueViolation:
            raise Taken from None

    async def find_user(self, email: str) -> dict | None:
        return await self._maybe("SELECT * FROM users WHERE email = %(email)s", {"email": email})

    async def insert_token(self, fingerprint: str, user: int) -> None:
        await self._one(
            "INSERT INTO tokens (fingerprint, user_id) VALUES (%(fingerprint)s, %(user)s) RETURNING user_id",
            {"fingerprint": fingerprint, "user": user},
        )

    async def user_of_token(self, fingerprint: str) -> int | None:
        row = await self._maybe(
            "SELECT user_id FROM tokens WHERE fingerprint = %(fingerprint)s AND expires_at > now()",
            {"fingerprint": fingerprint},
        )
        return row and row["user_id"]

    async def all(self, user: int, limit: int, offset: int) -> list[dict]:
        async with self._connection() as connection:
            found = await connection.execute(
                "SELECT * FROM todos WHERE user_id = %(user)s ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s",
                {"user": user, "limit": limit, "offset": offset},
            )
            return await found.fetchall()

    async def find(self, user: int, todo_id: int) -> dict:
        return await self._one("SELECT * FROM todos WHERE id = %(id)s AND user_id = %(user)s", {"id": todo_id, "user": user})

    async def insert(self, user: int, todo: dict) -> dict:
        return await self._one(
            """INSERT INTO todos (title, description, completed, due_date, priority, user_id)
               VALUES (%(title)s, %(description)s, %(completed)s, %(due_date)s, %(priority)s, %(user)s)
               RETURNING *""",
            {**todo, "user": user},
        )

    async def replace(self, user: int, todo_id: int, todo: dict) -> dict:
        return await self._one(
            """UPDATE todos SET title = %(title)s, description = %(description)s, completed = %(completed)s,
                   due_date = %(due_date)s, priority = %(priority)s, updated_at = now()
               WHERE id = %(id)s AND user_id = %(user)s
               RETURNING *""",
            {**todo, "id": todo_id, "user": user},
        )

    async def change(self, user: int, todo_id: int, fields: dict) -> dict:
        """Writes only the fields that were sent, in one statement, so that no other change is undone."""
        names = [name for name in ("title", "description", "completed", "due_date", "priority") if name in fields]
        assignments = "".join(f"{name} = %({name})s, " for name in names)
        return await self._one(
            f"UPDATE todos SET {assignments} updated_at = now() WHERE id = %(id)s AND user_id = %(user)s RETURNING *",
            {**fields, "id": todo_id, "user": user},
        )

    async def remove(self, user: int, todo_id: int) -> None:
        await self._one(
            "DELETE FROM todos WHERE id = %(id)s AND user_id = %(user)s RETURNING id", {"id": todo_id, "user": user}
        )

    async def _one(self, statement: str, values: dict) -> dict:
        row = await self._maybe(statement, values)
        if row is None:
            raise NotFound
        return row

    async def _maybe(self, statement: str, values: dict) -> dict | None:
        async with self._connection() as connection:
            return await (await connection.execute(statement, values)).fetchone()

    @asynccontextmanager
    async def _connection(self):
        try:
            async with self.pool.connection() as connection:
                watchdog = asyncio.get_running_loop().call_later(QUERY_TIMEOUT, hang_up, connection)
                try:
                    yield connection
                finally:
                    watchdog.cancel()
        except PoolTimeout as error:
            log.error("database unavailable: %s", error)
            raise Unavailable from error
        except psycopg.OperationalError as error:
            if error.sqlstate and not error.sqlstate.startswith(UNAVAILABLE):
                raise
            log.error("database unavailable: %s", " ".join(str(error).split()))
            raise Unavailable from error


class Taken(Exception):
    """There is an account with this address."""


def store_of(request: Request) -> Store:
    return request.app.state.store


StoreOf = Annotated[Store, Depends(store_of)]


def hang_up(connection: psycopg.AsyncConnection) -> None:
    """Ends a connection whose database has gone silent, so that the statement on it fails now."""
    duplicate = os.dup(connection.fileno())
    with socket.socket(fileno=duplicate) as line:
        line.shutdown(socket.SHUT_RDWR)
