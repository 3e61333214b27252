import os
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import FastAPI, HTTPException, Response
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints
from pydantic.alias_generators import to_camel

pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=5, timeout=5, open=False, kwargs={"row_factory": dict_row})


@asynccontextmanager
async def lifespan(app: FastAPI):
    pool.open(wait=True, timeout=10)
    with pool.connection() as connection:
        connection.execute(
            """CREATE TABLE IF NOT EXISTS todo (
                   id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                   title text NOT NULL,
                   completed boolean NOT NULL,
                   due_date date,
                   created_at timestamptz NOT NULL DEFAULT clock_timestamp())"""
        )
    yield
    pool.close(timeout=2)


app = FastAPI(title="Todo API", lifespan=lifespan)

# The pattern keeps out the one character that Postgres cannot store.
Title = Annotated[
    str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=255, pattern=r"^[^\x00]*$")
]


class Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


class TodoIn(Model):
    title: Title
    completed: StrictBool = False
    due_date: date | None = None


class TodoChange(Model):
    title: Title = Field(default=None)
    completed: StrictBool = Field(default=None)
    due_date: date | None = None


class Todo(Model):
    id: UUID
    title: str
    completed: bool
    due_date: date | None
    created_at: datetime


def one(statement: str, values: dict) -> dict:
    with pool.connection() as connection:
        row = connection.execute(statement, values).fetchone()
    if row is None:
        raise HTTPException(404, "Todo not found")
    return {to_camel(name): value for name, value in row.items()}


@app.get("/todo")
def list_todos() -> list[Todo]:
    with pool.connection() as connection:
        rows = connection.execute("SELECT * FROM todo ORDER BY created_at, id").fetchall()
    return [Todo(**{to_camel(name): value for name, value in row.items()}) for row in rows]


@app.post("/todo", status_code=201)
def create_todo(todo: TodoIn, response: Response) -> Todo:
    created = one(
        "INSERT INTO todo (title, completed, due_date) VALUES (%(title)s, %(completed)s, %(due_date)s) RETURNING *",
        todo.model_dump(),
    )
    response.headers["Location"] = f"/todo/{created['id']}"
    return Todo(**created)


@app.get("/todo/{id}")
def read_todo(id: UUID) -> Todo:
    return Todo(**one("SELECT * FROM todo WHERE id = %(id)s", {"id": id}))


@app.put("/todo/{id}")
def replace_todo(id: UUID, todo: TodoIn) -> Todo:
    return Todo(**one(
        """UPDATE todo SET title = %(title)s, completed = %(completed)s, due_date = %(due_date)s
           WHERE id = %(id)s RETURNING *""",
        {**todo.model_dump(), "id": id},
    ))


@app.patch("/todo/{id}")
def change_todo(id: UUID, change: TodoChange) -> Todo:
    fields = change.model_dump(exclude_unset=True)
    assignments = ", ".join(f"{name} = %({name})s" for name in fields) or "id = id"
    return Todo(**one(f"UPDATE todo SET {assignments} WHERE id = %(id)s RETURNING *", {**fields, "id": id}))


@app.delete("/todo/{id}", status_code=204)
def delete_todo(id: UUID) -> None:
    one("DELETE FROM todo WHERE id = %(id)s RETURNING id", {"id": id})
