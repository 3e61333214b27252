"""Notes: a small API on Starlette and Postgres."""

import json
import os
import re
import sys
from datetime import date

import psycopg
import uvicorn
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

COLUMNS = "'n' || id AS key, content, state, to_char(due, 'YYYY-MM-DD') AS due"


class Fault(Exception):
    def __init__(self, status: int, code: str, message: str):
        self.status, self.code, self.message = status, code, message


def fault(status: int, code: str, message: str, headers: dict | None = None) -> JSONResponse:
    return JSONResponse({"fault": {"code": code, "message": message}}, status, headers)


async def rows(request: Request, statement: str, *values) -> list[dict]:
    def run() -> list[dict]:
        with request.app.state.pool.connection() as connection:
            return connection.execute(statement, values).fetchall()

    return await run_in_threadpool(run)


async def one(request: Request, statement: str, *values) -> dict:
    found = await rows(request, statement, *values)
    if not found:
        raise Fault(404, "no-such-note", "There is no note with this key.")
    return {"note": found[0]}


def number(request: Request) -> int:
    key = re.fullmatch(r"n([1-9][0-9]{0,17})", request.path_params["key"])
    if key is None:
        raise Fault(404, "no-such-note", "There is no note with this key.")
    return int(key[1])


async def note_in(request: Request) -> dict:
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise Fault(415, "not-json", "Send application/json.")
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Fault(400, "broken-json", "The body is not valid JSON.") from None
    note = body.get("note") if isinstance(body, dict) else None
    if not isinstance(note, dict):
        raise Fault(400, "no-note", "The body must be an object with a note.")
    check(note)
    return note


def check(note: dict) -> None:
    if "content" in note:
        content = note["content"]
        if not isinstance(content, str):
            raise Fault(400, "wrong-type", "content must be a string.")
        if not content.strip() or len(content) > 4000 or re.search("[\0\ud800-\udfff]", content):
            raise Fault(400, "bad-content", "content must have 1 to 4000 characters, none of them NUL.")
    if "state" in note and note["state"] not in ("open", "closed"):
        raise Fault(400, "bad-state", "state must be open or closed.")
    due = note.get("due")
    try:
        if due is not None and not (isinstance(due, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", due) and date.fromisoformat(due)):
            raise ValueError
    except ValueError:
        raise Fault(400, "bad-due", "due must be a date such as 2026-03-31, or null.") from None


def whole(note: dict) -> tuple:
    if "content" not in note:
        raise Fault(400, "no-content", "content is required.")
    return note["content"], note.get("state", "open"), note.get("due")


async def collection(request: Request) -> Response:
    if request.method != "POST":
        return JSONResponse({"notes": await rows(request, f"SELECT {COLUMNS} FROM notes ORDER BY id DESC")})
    content, state, due = whole(await note_in(request))
    created = await one(
        request, f"INSERT INTO notes (content, state, due) VALUES (%s, %s, %s) RETURNING {COLUMNS}", content, state, due
    )
    return JSONResponse(created, 201, {"Location": f"/rest/notes/{created['note']['key']}"})


async def item(request: Request) -> Response:
    id = number(request)
    if request.method == "DELETE":
        await one(request, "DELETE FROM notes WHERE id = %s RETURNING id", id)
        return Response(status_code=204)
    if request.method == "PUT":
        content, state, due = whole(await note_in(request))
        return JSONResponse(await one(
            request, f"UPDATE notes SET content = %s, state = %s, due = %s WHERE id = %s RETURNING {COLUMNS}",
            content, state, due, id,
        ))
    if request.method == "PATCH":
        note = await note_in(request)
        return JSONResponse(await one(
            request,
            f"""UPDATE notes SET content = COALESCE(%s, content), state = COALESCE(%s, state),
                    due = CASE WHEN %s THEN %s::date ELSE due END
                WHERE id = %s RETURNING {COLUMNS}""",
            note.get("content"), note.get("state"), "due" in note, note.get("due"), id,
        ))
    return JSONResponse(await one(request, f"SELECT {COLUMNS} FROM notes WHERE id = %s", id))


async def known(request: Request, error: Fault) -> Response:
    return fault(error.status, error.code, error.message)


async def refused(request: Request, error: HTTPException) -> Response:
    return fault(error.status_code, error.detail.lower().replace(" ", "-"), f"{error.detail}.", error.headers)


async def no_database(request: Request, error: Exception) -> Response:
    print(f"{request.method} {request.url.path}: {error}", file=sys.stderr)
    return fault(503, "unavailable", "Try again later.", {"Retry-After": "5"})


def main() -> None:
    url = os.environ["NOTES_DB"]
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            connection.execute(
                """CREATE TABLE IF NOT EXISTS notes (
                       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                       content text NOT NULL, state text NOT NULL, due date)"""
            )
    except psycopg.Error as error:
        sys.exit(f"cannot use the database in NOTES_DB: {' '.join(str(error).split())}")
    app = Starlette(
        routes=[
            Route("/rest/notes", collection, methods=["GET", "POST"]),
            Route("/rest/notes/{key}", item, methods=["GET", "PUT", "PATCH", "DELETE"]),
        ],
        exception_handlers={
            Fault: known, HTTPException: refused, psycopg.OperationalError: no_database, PoolTimeout: no_database,
        },
    )
    with ConnectionPool(url, min_size=1, max_size=5, timeout=4, kwargs={"row_factory": dict_row}) as app.state.pool:
        uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("LISTEN", "8000")), log_level="warning")


if __name__ == "__main__":
    main()
