"""Todos with Flask and Postgres."""

import atexit
import os
import re

import psycopg
from flask import Flask, jsonify, request, url_for
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout
from werkzeug.exceptions import BadRequest, HTTPException

SCHEMA = """
CREATE TABLE IF NOT EXISTS todos (
    id serial PRIMARY KEY,
    title varchar(200) NOT NULL,
    description text NOT NULL DEFAULT '',
    completed boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
)"""

app = Flask(__name__)
app.json.sort_keys = False
app.config["MAX_CONTENT_LENGTH"] = 100_000

with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5) as connection:
    connection.execute(SCHEMA)
pool = ConnectionPool(
    os.environ["DATABASE_URL"], min_size=1, max_size=5, timeout=4, open=True, kwargs={"row_factory": dict_row}
)
atexit.register(pool.close)


class Invalid(Exception):
    def __init__(self, message, errors=None):
        self.message, self.errors = message, errors or {}


def query(statement, *values):
    with pool.connection() as connection:
        return connection.execute(statement, values).fetchall()


def one(statement, *values):
    rows = query(statement, *values)
    return show(rows[0]) if rows else None


def show(row):
    return {**row, "created_at": row["created_at"].isoformat()}


def missing():
    return jsonify(message="There is no todo with this id.", errors={}), 404


def read(partial=False):
    body = request.get_json()
    if not isinstance(body, dict):
        raise Invalid("The body must be a JSON object.")
    errors = {}
    for name, limit in (("title", 200), ("description", 5000)):
        if name not in body:
            continue
        if not isinstance(body[name], str):
            errors[name] = f"{name} must be a string."
        elif len(body[name]) > limit:
            errors[name] = f"{name} must have at most {limit} characters."
        elif re.search("[\0\ud800-\udfff]", body[name]):
            errors[name] = f"{name} has characters that cannot be stored."
    if "title" not in body and not partial:
        errors["title"] = "title is required."
    elif "title" in body and "title" not in errors and not body["title"].strip():
        errors["title"] = "title must not be blank."
    if not isinstance(body.get("completed", False), bool):
        errors["completed"] = "completed must be true or false."
    if errors:
        raise Invalid("The todo is not valid.", errors)
    defaults = {} if partial else {"description": "", "completed": False}
    return {**defaults, **{name: body[name] for name in ("title", "description", "completed") if name in body}}


def number(name, default, highest):
    """A query parameter; what makes no sense is replaced by what comes closest."""
    given = request.args.get(name, default, type=int)
    return max(1, min(given, highest))


@app.get("/api/todos/")
def list_todos():
    page, per_page = number("page", 1, 10**6), number("per_page", 20, 100)
    rows = query("SELECT * FROM todos ORDER BY id LIMIT %s OFFSET %s", per_page, (page - 1) * per_page)
    count = query("SELECT count(*) AS n FROM todos")[0]["n"]
    response = jsonify(results=[show(row) for row in rows], count=count, page=page, per_page=per_page)
    if page * per_page < count:
        following = url_for("list_todos", page=page + 1, per_page=per_page)
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


@app.post("/api/todos/")
def create_todo():
    todo = read()
    created = one(
        "INSERT INTO todos (title, description, completed) VALUES (%s, %s, %s) RETURNING *",
        todo["title"], todo["description"], todo["completed"],
    )
    return jsonify(created), 201, {"Location": url_for("get_todo", todo_id=created["id"])}


@app.get("/api/todos/<int:todo_id>")
def get_todo(todo_id):
    return one("SELECT * FROM todos WHERE id = %s::bigint", clip(todo_id)) or missing()


@app.put("/api/todos/<int:todo_id>")
def replace_todo(todo_id):
    todo = read()
    return one(
        "UPDATE todos SET title = %s, description = %s, completed = %s WHERE id = %s::bigint RETURNING *",
        todo["title"], todo["description"], todo["completed"], clip(todo_id),
    ) or missing()


@app.patch("/api/todos/<int:todo_id>")
def change_todo(todo_id):
    todo = read(partial=True)
    return one(
        """UPDATE todos SET title = COALESCE(%s, title), description = COALESCE(%s, description),
               completed = COALESCE(%s, completed)
           WHERE id = %s::bigint RETURNING *""",
        todo.get("title"), todo.get("description"), todo.get("completed"), clip(todo_id),
    ) or missing()


@app.delete("/api/todos/<int:todo_id>")
def delete_todo(todo_id):
    if one("DELETE FROM todos WHERE id = %s::bigint RETURNING *", clip(todo_id)) is None:
        return missing()
    return "", 204


def clip(todo_id):
    """No todo has an id beyond 2**31, and the comparison in SQL ends at 2**63."""
    return min(todo_id, 2**31)


@app.errorhandler(Invalid)
def invalid(error):
    return jsonify(message=error.message, errors=error.errors), 422


@app.errorhandler(BadRequest)
@app.errorhandler(RecursionError)
def bad_request(error):
    return jsonify(message="The body is not valid JSON.", errors={}), 400


@app.errorhandler(HTTPException)
def http_error(error):
    response = error.get_response()
    response.data = app.json.dumps({"message": error.description, "errors": {}})
    response.content_type = "application/json"
    return response


@app.errorhandler(psycopg.OperationalError)
@app.errorhandler(PoolTimeout)
def no_database(error):
    app.logger.error("database: %s", error)
    return jsonify(message="The service is not available, try again later.", errors={}), 503, {"Retry-After": "5"}
