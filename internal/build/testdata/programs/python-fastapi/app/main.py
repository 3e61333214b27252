from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.config import settings

engine = create_async_engine(settings.database_url)
app = FastAPI()


class NewTodo(BaseModel):
    title: str


@app.post("/todos", status_code=201)
async def create(todo: NewTodo):
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO todos (title) VALUES (:title)"), {"title": todo.title})


@app.get("/todos")
async def list_all():
    async with engine.connect() as connection:
        return list((await connection.execute(text("SELECT title FROM todos"))).scalars())
