import os

import psycopg2
from flask import Flask, request

app = Flask(__name__)


def connect():
    return psycopg2.connect(os.environ["PG_CONNECTION_STRING"])


@app.post("/todos")
def create():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO todos (title) VALUES (%s)", (request.get_json()["title"],))
    return "", 201


@app.get("/todos")
def list_all():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT title FROM todos")
        return [row[0] for row in cursor.fetchall()]


if __name__ == "__main__":
    app.run(debug=True, port=5000)
