import express from 'express';
import pg from 'pg';

const BASE = '/v2/todo-items';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 3000, query_timeout: 4000 });
pool.on('error', () => {});

function problem(status, title, detail) {
  return Object.assign(new Error(detail), { problem: { type: `/problems/${title.toLowerCase().replaceAll(' ', '-')}`, title, status, detail } });
}
const notFound = () => problem(404, 'No such todo', 'No todo has this id.');
const invalid = (detail) => problem(400, 'Invalid todo', detail);

const resource = ({ id, ...todo }) => ({ id, ...todo, _links: { self: { href: `${BASE}/${id}` }, collection: { href: BASE } } });

function read(body, whole) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('The body must be a JSON object.');
  const { title, priority, done } = body;
  if (whole && title === undefined) throw invalid('title: is required');
  if (title !== undefined && typeof title !== 'string') throw invalid('title: must be a string');
  if (title !== undefined && (!title.trim() || title.length > 1000)) throw invalid('title: must have 1 to 1000 characters');
  if (title?.includes('\0') || title?.isWellFormed() === false) throw invalid('title: has characters that cannot be stored');
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 1 && priority <= 5)) throw invalid('priority: must be a whole number from 1 to 5');
  if (done !== undefined && typeof done !== 'boolean') throw invalid('done: must be true or false');
  return whole ? [title, priority ?? 3, done ?? false] : [title, priority, done];
}

async function one(id, sql, values = []) {
  if (!/^[1-9]\d{0,8}$/.test(id)) throw notFound();
  const { rows } = await pool.query(sql, [id, ...values]);
  if (rows.length === 0) throw notFound();
  return resource(rows[0]);
}

const media = (type) => [
  (req, res, next) => {
    if (req.is(type)) return next();
    if (req.method === 'PATCH') res.set('Accept-Patch', type);
    throw problem(415, 'Unsupported media type', `Send ${type}.`);
  },
  express.json({ type, strict: false }),
];
const rest = (allow) => (req, res) => {
  res.set('Allow', allow);
  if (req.method === 'OPTIONS') return res.status(204).end();
  throw problem(405, 'Method not allowed', `Allowed: ${allow}.`);
};

const app = express();
app.disable('x-powered-by');
app.route(BASE)
  .get(async (req, res) => {
    const { rows } = await pool.query('SELECT * FROM todo_items ORDER BY id DESC');
    res.type('application/hal+json').json({ count: rows.length, _embedded: { todos: rows.map(resource) }, _links: { self: { href: BASE } } });
  })
  .post(media('application/json'), async (req, res) => {
    const { rows } = await pool.query('INSERT INTO todo_items (title, priority, done) VALUES ($1, $2, $3) RETURNING *', read(req.body, true));
    res.status(201).location(`${BASE}/${rows[0].id}`).type('application/hal+json').json(resource(rows[0]));
  })
  .all(rest('GET, HEAD, POST, OPTIONS'));
app.route(`${BASE}/:id`)
  .get(async (req, res) => res.type('application/hal+json').json(await one(req.params.id, 'SELECT * FROM todo_items WHERE id = $1')))
  .put(media('application/json'), async (req, res) => res.type('application/hal+json').json(await one(
    req.params.id, 'UPDATE todo_items SET title = $2, priority = $3, done = $4 WHERE id = $1 RETURNING *', read(req.body, true))))
  .patch(media('application/merge-patch+json'), async (req, res) => res.type('application/hal+json').json(await one(
    req.params.id,
    `UPDATE todo_items SET title = COALESCE($2, title), priority = COALESCE($3, priority), done = COALESCE($4, done)
     WHERE id = $1 RETURNING *`,
    read(req.body, false))))
  .delete(async (req, res) => {
    await one(req.params.id, 'DELETE FROM todo_items WHERE id = $1 RETURNING *');
    res.status(204).end();
  })
  .all(rest('GET, HEAD, PUT, PATCH, DELETE, OPTIONS'));
app.use(() => {
  throw problem(404, 'No such address', 'There is nothing here.');
});
app.use((error, req, res, next) => {
  let answer = error.problem;
  if (!answer && error.status < 500) answer = problem(error.status, 'Bad request', 'The request could not be read.').problem;
  if (!answer) {
    console.error(`${req.method} ${req.path}: ${error.message || error.code}`);
    answer = problem(503, 'Not available', 'Try again later.').problem;
  }
  res.status(answer.status).type('application/problem+json').send(JSON.stringify(answer));
});

try {
  await pool.query(`CREATE TABLE IF NOT EXISTS todo_items (
    id serial PRIMARY KEY, title text NOT NULL, priority integer NOT NULL, done boolean NOT NULL)`);
} catch (error) {
  console.error(`no database: ${error.message || error.code}`);
  process.exit(1);
}
const server = app.listen(process.env.PORT || 3000);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
