import express from 'express';
import pg from 'pg';
import { ulid } from './ulid.js';

if (!process.env.DATABASE_URL) {
  console.error('DATABASE_URL is not set');
  process.exit(1);
}
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 3000, query_timeout: 4000 });
pool.on('error', () => {});

const COLUMNS = `id, text, is_done AS "isDone", to_char(due_date, 'YYYY-MM-DD') AS "dueDate", created_at AS "createdAt"`;

class ApiError extends Error {
  constructor(status, code, message, field = null) {
    super(message);
    Object.assign(this, { status, code, field });
  }
}

const notFound = () => new ApiError(404, 'TASK_NOT_FOUND', 'No task has this id.');
const invalid = (field, message) => new ApiError(422, 'INVALID_FIELD', message, field);

function check(body) {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new ApiError(422, 'INVALID_BODY', 'The body must be a JSON object.');
  }
  const { text, isDone, dueDate } = body;
  if (text !== undefined) {
    if (typeof text !== 'string') throw invalid('text', 'text must be a string.');
    if (text.trim() === '' || [...text].length > 280) throw invalid('text', 'text must have 1 to 280 characters.');
    if (text.includes('\0') || !text.isWellFormed()) throw invalid('text', 'text has characters that cannot be stored.');
  }
  if (isDone !== undefined && typeof isDone !== 'boolean') throw invalid('isDone', 'isDone must be true or false.');
  if (dueDate !== undefined && dueDate !== null) {
    const date = /^\d{4}-\d\d-\d\d$/.test(dueDate) ? new Date(dueDate) : new Date(NaN);
    if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(dueDate)) throw invalid('dueDate', 'dueDate must be a calendar date.');
  }
  return { text, isDone, dueDate };
}

function checkWhole(body) {
  const { text, isDone = false, dueDate = null } = check(body);
  if (text === undefined) throw invalid('text', 'text is required.');
  return { text, isDone, dueDate };
}

async function one(sql, values) {
  const { rows } = await pool.query(sql, values);
  if (rows.length === 0) throw notFound();
  return rows[0];
}

const json = [
  (req, res, next) => next(req.is('application/json') ? undefined : new ApiError(415, 'NOT_JSON', 'Send application/json.')),
  express.json({ strict: false }),
];
const allow = (methods) => (req, res) => {
  res.set('Allow', methods);
  if (req.method === 'OPTIONS') return res.status(204).end();
  throw new ApiError(405, 'METHOD_NOT_ALLOWED', `Allowed here: ${methods}.`);
};

const app = express().disable('x-powered-by');

app.route('/tasks')
  .get(async (req, res) => {
    const { rows } = await pool.query(`SELECT ${COLUMNS} FROM tasks ORDER BY tasks.id DESC`);
    res.json({ results: rows, count: rows.length });
  })
  .post(json, async (req, res) => {
    const { text, isDone, dueDate } = checkWhole(req.body);
    const id = ulid();
    await pool.query('INSERT INTO tasks (id, text, is_done, due_date) VALUES ($1, $2, $3, $4)', [id, text, isDone, dueDate]);
    res.status(201).location(`/tasks/${id}`).json({ id });
  })
  .all(allow('GET, HEAD, POST, OPTIONS'));

app.route('/tasks/:id')
  .all((req, res, next) => next(/^[0-9A-HJKMNP-TV-Z]{26}$/.test(req.params.id) ? undefined : notFound()))
  .get(async (req, res) => res.json(await one(`SELECT ${COLUMNS} FROM tasks WHERE id = $1`, [req.params.id])))
  .put(json, async (req, res) => {
    const { text, isDone, dueDate } = checkWhole(req.body);
    res.json(await one(
      `UPDATE tasks SET text = $2, is_done = $3, due_date = $4 WHERE id = $1 RETURNING ${COLUMNS}`,
      [req.params.id, text, isDone, dueDate],
    ));
  })
  .patch(json, async (req, res) => {
    const { text, isDone, dueDate } = check(req.body);
    res.json(await one(
      `UPDATE tasks SET text = COALESCE($2, text), is_done = COALESCE($3, is_done),
         due_date = CASE WHEN $4 THEN $5 ELSE due_date END
       WHERE id = $1 RETURNING ${COLUMNS}`,
      [req.params.id, text, isDone, dueDate !== undefined, dueDate],
    ));
  })
  .delete(async (req, res) => {
    await one('DELETE FROM tasks WHERE id = $1 RETURNING id', [req.params.id]);
    res.status(204).end();
  })
  .all(allow('GET, HEAD, PUT, PATCH, DELETE, OPTIONS'));

app.route('/tasks/:id/complete')
  .post(async (req, res) => res.json(await one(`UPDATE tasks SET is_done = true WHERE id = $1 RETURNING ${COLUMNS}`, [req.params.id])))
  .all(allow('POST, OPTIONS'));

app.use(() => {
  throw new ApiError(404, 'ROUTE_NOT_FOUND', 'There is nothing here.');
});

app.use((error, req, res, next) => {
  if (error.type === 'entity.parse.failed') error = new ApiError(400, 'INVALID_JSON', 'The body is not valid JSON.');
  else if (error.type === 'entity.too.large') error = new ApiError(413, 'BODY_TOO_LARGE', 'The body is too large.');
  else if (error.status >= 400 && error.status < 500 && !(error instanceof ApiError)) error = new ApiError(error.status, 'BAD_REQUEST', 'The request could not be read.');
  else if (!(error instanceof ApiError)) {
    console.error(`${req.method} ${req.path}: ${error.message || error.code}`);
    error = new ApiError(503, 'UNAVAILABLE', 'Try again later.');
  }
  res.status(error.status).json({ error: { code: error.code, message: error.message, field: error.field } });
});

const schema = `CREATE TABLE IF NOT EXISTS tasks (
  id char(26) PRIMARY KEY,
  text text NOT NULL,
  is_done boolean NOT NULL,
  due_date date,
  created_at timestamptz NOT NULL DEFAULT now())`;

try {
  await pool.query(schema);
} catch (error) {
  console.error(`cannot use the database: ${error.message || error.code}`);
  process.exit(1);
}
const server = app.listen(process.env.PORT || 3000);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
