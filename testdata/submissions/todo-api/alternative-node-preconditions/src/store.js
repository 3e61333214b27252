import pg from 'pg';
import { Problem, notFound } from './problem.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS todos (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title       varchar(200) NOT NULL,
    description text         NOT NULL,
    completed   boolean      NOT NULL,
    due_date    date,
    priority    text         NOT NULL,
    idempotency_key text UNIQUE,
    created_at  timestamptz  NOT NULL DEFAULT now(),
    updated_at  timestamptz  NOT NULL DEFAULT now()
  )`;

// A date goes out as it came in; the driver would make a local midnight of it.
const COLUMNS = `id, title, description, completed, to_char(due_date, 'YYYY-MM-DD') AS due_date,
  priority, created_at, updated_at, xmin::text AS version`;

// SQLSTATE classes that mean "not now": connection, login, no such database, resources, operator.
const UNAVAILABLE = /^(08|28|3D|53|57)/;

export function openStore(connectionString, log) {
  const pool = new pg.Pool({
    connectionString,
    max: 8,
    connectionTimeoutMillis: 3000,
    query_timeout: 4000,
  });
  // An idle connection that breaks is replaced by the pool at the next query.
  pool.on('error', (error) => log.warn(`idle database connection lost: ${error.message}`));

  async function query(text, values) {
    try {
      return await pool.query(text, values);
    } catch (error) {
      if (error instanceof pg.DatabaseError && !UNAVAILABLE.test(error.code)) throw error;
      log.error(`database unavailable: ${error.message || error.code}`);
      throw new Problem(503, 'database_unavailable', 'The database cannot be reached, try again later.');
    }
  }

  async function one(text, values) {
    const { rows } = await query(text, values);
    if (rows.length === 0) throw notFound();
    return rows[0];
  }

  return {
    prepare: () => query(SCHEMA),
    ping: () => query('SELECT 1'),
    close: () => pool.end(),

    async list({ completed, limit, offset }) {
      const filter = completed === undefined ? '' : 'WHERE completed = $1';
      const values = completed === undefined ? [] : [completed];
      const count = await query(`SELECT count(*)::int AS total FROM todos ${filter}`, values);
      const page = await query(
        `SELECT ${COLUMNS} FROM todos ${filter} ORDER BY id DESC
         LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
        [...values, limit, offset],
      );
      return { items: page.rows, total: count.rows[0].total, limit, offset };
    },

    find: (id) => one(`SELECT ${COLUMNS} FROM todos WHERE id = $1`, [id]),

    // A second POST with the same key finds the todo that the first one made.
    insert: (todo, key = null) => one(
      `INSERT INTO todos (title, description, completed, due_date, priority, idempotency_key)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (idempotency_key) DO UPDATE SET idempotency_key = excluded.idempotency_key
       RETURNING ${COLUMNS}`,
      [todo.title, todo.description, todo.completed, todo.due_date, todo.priority, key],
    ),

    async replace(id, todo, version = null) {
      const { rows } = await query(
        `UPDATE todos SET title = $2, description = $3, completed = $4, due_date = $5,
           priority = $6, updated_at = now()
         WHERE id = $1 AND ($7::text IS NULL OR xmin::text = $7) RETURNING ${COLUMNS}`,
        [id, todo.title, todo.description, todo.completed, todo.due_date, todo.priority, version],
      );
      if (rows.length > 0) return rows[0];
      await this.find(id);
      throw new Problem(412, 'version_differs', 'The todo was changed since you read it.');
    },

    // One statement that writes only what was sent, so that two clients that
    // change different fields do not undo each other.
    change: (id, fields) => one(
      `UPDATE todos SET title = COALESCE($2, title), description = COALESCE($3, description),
         completed = COALESCE($4, completed), priority = COALESCE($5, priority),
         due_date = CASE WHEN $6 THEN $7 ELSE due_date END, updated_at = now()
       WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, fields.title, fields.description, fields.completed, fields.priority,
        fields.due_date !== undefined, fields.due_date],
    ),

    async remove(id) {
      const { rowCount } = await query('DELETE FROM todos WHERE id = $1', [id]);
      if (rowCount === 0) throw notFound();
    },
  };
}
