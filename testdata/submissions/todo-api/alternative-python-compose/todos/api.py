"""The routes."""

import re
from datetime import date

import psycopg
from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from . import db

STATES = ("todo", "doing", "done")


class JSON(DefaultJSONProvider):
    sort_keys = False

    @staticmethod
    def default(value):
        return value.isoformat() if isinstance(value, date) else DefaultJSONProvider.default(value)


class Failure(Exception):
    def __init__(self, status: int, code: str, message: str):
        self.status, self.code, self.message = status, code, message


app = Flask(__name__)
app.json = JSON(app)
app.config["MAX_CONTENT_LENGTH"] = 1 << 16


def todo_id(given: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,17}", given):
        raise Failure(400, "invalid_id", "The id must be a positive whole number.")
    return int(given)


def read(partial: bool = False) -> dict:
    body = request.get_json()
    if not isinstance(body, dict):
        raise Failure(400, "invalid_body", "The body must be a JSON object.")
    fields = {} if partial else {"state": "todo", "due_date": None}
    if "title" in body:
        title = body["title"]
        if not isinstance(title, str):
            raise Failure(400, "invalid_type", "title must be a string.")
        if not title.strip() or len(title) > 120 or re.search("[\0\ud800-\udfff]", title):
            raise Failure(400, "invalid_title", "title must have 1 to 120 printable characters.")
        fields["title"] = title
    elif not partial:
        raise Failure(400, "missing_field", "title is missing.")
    if "state" in body:
        if body["state"] not in STATES:
            raise Failure(400, "invalid_state", f"state must be one of {', '.join(STATES)}.")
        fields["state"] = body["state"]
    if "due_date" in body:
        fields["due_date"] = read_date(body["due_date"])
    return fields


def read_date(given) -> date | None:
    if given is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
            raise ValueError
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise Failure(400, "invalid_date", "due_date must be a date such as 2026-03-31.") from None


def found(todo: dict | None) -> dict:
    if todo is None:
        raise Failure(404, "not_found", "There is no such todo.")
    return {"data": todo}


@app.get("/api/todo")
def list_todos():
    return {"data": db.every("SELECT * FROM todos ORDER BY id DESC")}


@app.post("/api/todo")
def create_todo():
    created = db.one(
        "INSERT INTO todos (title, state, due_date) VALUES (%(title)s, %(state)s, %(due_date)s) RETURNING *", read()
    )
    return {"data": created}, 201, {"Location": f"/api/todo/{created['id']}"}


@app.get("/api/todo/<given>")
def get_todo(given):
    return found(db.one("SELECT * FROM todos WHERE id = %(id)s", {"id": todo_id(given)}))


@app.put("/api/todo/<given>")
def replace_todo(given):
    return found(db.one(
        "UPDATE todos SET title = %(title)s, state = %(state)s, due_date = %(due_date)s WHERE id = %(id)s RETURNING *",
        {"id": todo_id(given), **read()},
    ))


@app.patch("/api/todo/<given>")
def change_todo(given):
    number, fields = todo_id(given), read(partial=True)
    assignments = ", ".join(f"{name} = %({name})s" for name in fields) or "id = id"
    return found(db.one(f"UPDATE todos SET {assignments} WHERE id = %(id)s RETURNING *", {"id": number, **fields}))


@app.delete("/api/todo/<given>")
def delete_todo(given):
    found(db.one("DELETE FROM todos WHERE id = %(id)s RETURNING id", {"id": todo_id(given)}))
    return "", 204


@app.errorhandler(Failure)
def failure(error):
    return {"error": {"code": error.code, "message": error.message}}, error.status


@app.errorhandler(HTTPException)
def http_failure(error):
    response = error.get_response()
    response.data = app.json.dumps(
        {"error": {"code": error.name.lower().replace(" ", "_"), "message": error.description}}
    )
    response.content_type = "application/json"
    return response


@app.errorhandler(RecursionError)
def too_deep(error):
    return failure(Failure(400, "bad_request", "The body is nested too deeply."))


@app.errorhandler(psycopg.OperationalError)
def no_database(error):
    app.logger.error("database: %s", error)
    return failure(Failure(503, "unavailable", "The database cannot be reached, try again later."))
