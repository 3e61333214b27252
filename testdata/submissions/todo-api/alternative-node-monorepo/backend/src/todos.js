const { Router } = require('express');
const db = require('./db');

const router = Router();

class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const missing = () => new HttpError(404, 'Todo not found.');

function text(name, value, max) {
  if (typeof value !== 'string') throw new HttpError(400, `${name} must be a string.`);
  if (value.length > max) throw new HttpError(400, `${name} is longer than ${max} characters.`);
  if (value.includes('\0') || !value.isWellFormed()) throw new HttpError(400, `${name} has characters that cannot be stored.`);
  return value;
}

const rules = {
  title(value) {
    if (text('title', value, 255).trim() === '') throw new HttpError(400, 'title must not be empty.');
  },
  description(value) {
    text('description', value, 5000);
  },
  completed(value) {
    if (typeof value !== 'boolean') throw new HttpError(400, 'completed must be a boolean.');
  },
};

function read(body) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new HttpError(400, 'Send a JSON object.');
  const fields = {};
  for (const [name, rule] of Object.entries(rules)) {
    if (body[name] === undefined) continue;
    rule(body[name]);
    fields[name] = body[name];
  }
  return fields;
}

function readWhole(body) {
  const fields = { description: '', completed: false, ...read(body) };
  if (fields.title === undefined) throw new HttpError(400, 'title is required.');
  return fields;
}

// Express 4 does not catch rejected promises by itself.
const safely = (handler) => (req, res, next) => handler(req, res).catch(next);

router.param('id', (req, res, next, id) => next(/^[1-9]\d{0,8}$/.test(id) ? undefined : missing()));

router.get('/', safely(async (req, res) => {
  const { rows } = await db.query('SELECT * FROM todos ORDER BY id DESC');
  res.json({ todos: rows });
}));

router.post('/', safely(async (req, res) => {
  const { title, description, completed } = readWhole(req.body);
  const { rows: [todo] } = await db.query(
    'INSERT INTO todos (title, description, completed) VALUES ($1, $2, $3) RETURNING *',
    [title, description, completed],
  );
  res.status(201).location(`/api/todos/${todo.id}`).json({ todo });
}));

const one = (sql, values) => safely(async (req, res) => {
  const { rows: [todo] } = await db.query(sql, [req.params.id, ...(values ? values(req.body) : [])]);
  if (!todo) throw missing();
  res.json({ todo });
});

router.get('/:id', one('SELECT * FROM todos WHERE id = $1'));

router.put('/:id', one(
  'UPDATE todos SET title = $2, description = $3, completed = $4 WHERE id = $1 RETURNING *',
  (body) => {
    const { title, description, completed } = readWhole(body);
    return [title, description, completed];
  },
));

router.patch('/:id', one(
  `UPDATE todos SET title = COALESCE($2, title), description = COALESCE($3, description),
     completed = COALESCE($4, completed) WHERE id = $1 RETURNING *`,
  (body) => {
    const { title, description, completed } = read(body);
    return [title, description, completed];
  },
));

router.delete('/:id', one('DELETE FROM todos WHERE id = $1 RETURNING *'));

router.all('/', (req, res) => res.set('Allow', 'GET, HEAD, POST').status(405).json({ message: 'Method not allowed.' }));
router.all('/:id', (req, res) => res.set('Allow', 'GET, HEAD, PUT, PATCH, DELETE').status(405).json({ message: 'Method not allowed.' }));

module.exports = router;
