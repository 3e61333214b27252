"""All SQL. Every method may raise NotFound or Unavailable."""

import asyncio
import logging
import os
import socket
import time
from contextlib import asynccontextmanager

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from .problems import NotFound, Unavailable

log = logging.getLogger("todo-api")

# How long the program waits at start for a database that is still coming up, in seconds.
CONNECT_PATIENCE = 5
# How long one request may wait for the database.
QUERY_TIMEOUT = 4

SCHEMA = """
CREATE TABLE IF NOT EXISTS todos (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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

    async def all(self, limit: int, offset: int) -> list[dict]:
        async with self._connection() as connection:
            found = await connection.execute(
                "SELECT * FROM todos ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s",
                {"limit": limit, "offset": offset},
            )
            return await found.fetchall()

    async def find(self, todo_id: int) -> dict:
        return await self._one("SELECT * FROM todos WHERE id = %(id)s", {"id": todo_id})

    async def insert(self, todo: dict) -> dict:
        return await self._one(
            """INSERT INTO todos (title, description, completed, due_date, priority)
               VALUES (%(title)s, %(description)s, %(completed)s, %(due_date)s, %(priority)s)
               RETURNING *""",
            todo,
        )

    async def replace(self, todo_id: int, todo: dict) -> dict:
        return await self._one(
            """UPDATE todos SET title = %(title)s, description = %(description)s, completed = %(completed)s,
                   due_date = %(due_date)s, priority = %(priority)s, updated_at = now()
               WHERE id = %(id)s
               RETURNING *""",
            {**todo, "id": todo_id},
        )

    async def change(self, todo_id: int, fields: dict) -> dict:
        """Writes only the fields that were sent, in one statement, so that no other change is undone."""
        names = [name for name in ("title", "description", "completed", "due_date", "priority") if name in fields]
        assignments = "".join(f"{name} = %({name})s, " for name in names)
        return await self._one(
            f"UPDATE todos SET {assignments} updated_at = now() WHERE id = %(id)s RETURNING *",
            {**fields, "id": todo_id},
        )

    async def remove(self, todo_id: int) -> None:
        await self._one("DELETE FROM todos WHERE id = %(id)s RETURNING id", {"id": todo_id})

    async def _one(self, statement: str, values: dict) -> dict:
        async with self._connection() as connection:
            row = await (await connection.execute(statement, values)).fetchone()
        if row is None:
            raise NotFound
        return row

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


def hang_up(connection: psycopg.AsyncConnection) -> None:
    """Ends a connection whose database has gone silent, so that the statement on it fails now."""
    duplicate = os.dup(connection.fileno())
    with socket.socket(fileno=duplicate) as line:
        line.shutdown(socket.SHUT_RDWR)
