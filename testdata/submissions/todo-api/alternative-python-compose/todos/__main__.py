"""Starts the API under gunicorn."""

import os
import sys

import psycopg
from gunicorn.app.base import BaseApplication

from .api import app
from .db import connect


class Server(BaseApplication):
    def load_config(self):
        self.cfg.set("bind", f"0.0.0.0:{os.environ.get('APP_PORT', '9000')}")
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("threads", 8)
        self.cfg.set("worker_tmp_dir", "/dev/shm")

    def load(self):
        return app


try:
    with connect() as connection:
        connection.execute("SELECT id, title, state, due_date FROM todos LIMIT 0")
except psycopg.Error as error:
    sys.exit(f"cannot use the database: {' '.join(str(error).split())}")
Server().run()
