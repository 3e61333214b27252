"""Starts the API: python -m app."""

import logging
import os
import sys

import psycopg
import uvicorn

from .main import create_app
from .store import prepare


def main() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(name)s %(message)s")
    database_url = os.environ.get("DATABASE_URL")
    if not database_url:
        sys.exit("todo-api: DATABASE_URL is not set")
    try:
        prepare(database_url)
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        sys.exit(f"todo-api: cannot prepare the database: {reason}")
    uvicorn.run(
        create_app(database_url),
        host="0.0.0.0",
        port=int(os.environ.get("PORT", "8000")),
        http="h11",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=8,
    )


if __name__ == "__main__":
    main()
