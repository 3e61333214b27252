import os

import psycopg2
import psycopg2.extras
from flask import Flask, jsonify, request

app = Flask(__name__)


def query(sql, args=(), one=False):
    conn = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        with conn, conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cur:
            cur.execute(sql, args)
            if cur.description is None:
                return None
            return cur.fetchone() if one else cur.fetchall()
    finally:
        conn.close()


query("CREATE TABLE IF NOT EXISTS todos (id serial PRIMARY KEY, title text NOT NULL, completed boolean DEFAULT false)")


@app.route("/todos", methods=["GET"])
def list_todos():
    return jsonify(query("SELECT * FROM todos"))


@app.route("/todos", methods=["POST"])
def create_todo():
    try:
        data = request.get_json(force=True)
        row = query("INSERT INTO todos (title, completed) VALUES (%s, %s) RETURNING *",
                    (data.get("title"), data.get("completed", False)), one=True)
        return jsonify(row)
    except Exception as e:
        return jsonify({"error": str(e)})


@app.route("/todos/<id>", methods=["GET"])
def get_todo(id):
    try:
        row = query("SELECT * FROM todos WHERE id = %s", (id,), one=True)
        if row is None:
            return jsonify({"error": "Todo not found"})
        return jsonify(row)
    except Exception as e:
        return jsonify({"error": str(e)})


@app.route("/todos/<id>", methods=["PUT"])
def update_todo(id):
    try:
        data = request.get_json(force=True)
        row = query("UPDATE todos SET title = COALESCE(%s, title), completed = COALESCE(%s, completed) WHERE id = %s RETURNING *",
                    (data.get("title"), data.get("completed"), id), one=True)
        return jsonify(row)
    except Exception as e:
        return jsonify({"error": str(e)})


@app.route("/todos/<id>", methods=["DELETE"])
def delete_todo(id):
    query("DELETE FROM todos WHERE id = %s", (id,))
    return jsonify({"message": "deleted"})


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))
