const express = require('express');
const knex = require('knex')(require('./knexfile'));

const app = express();
app.disable('x-powered-by');

class Refusal extends Error {
  constructor(status, error, message, details = []) {
    super(message);
    Object.assign(this, { status, error, details });
  }
}

const missing = () => new Refusal(404, 'not_found', 'No todo has this id.');

app.use((req, res, next) => {
  if (['POST', 'PATCH'].includes(req.method) && !req.is('json') && !req.is('application/merge-patch+json')) {
    throw new Refusal(415, 'unsupported_media_type', 'Send application/json.');
  }
  next();
});
app.use(express.json({ type: ['json', 'application/merge-patch+json'], strict: false }));

function read(body, partial) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refusal(422, 'invalid', 'The body must be a JSON object.');
  }
  const { title, note, is_completed } = body;
  const details = [];
  if (title === undefined && !partial) details.push('title is required');
  if (title !== undefined && typeof title !== 'string') details.push('title must be a string');
  else if (title !== undefined && (title.trim() === '' || title.length > 500)) details.push('title must have 1 to 500 characters');
  if (note !== undefined && typeof note !== 'string') details.push('note must be a string');
  if (is_completed !== undefined && typeof is_completed !== 'boolean') details.push('is_completed must be a boolean');
  for (const [name, text] of Object.entries({ title, note })) {
    if (typeof text === 'string' && (text.includes('\0') || !text.isWellFormed())) details.push(`${name} has characters that cannot be stored`);
  }
  if (details.length) throw new Refusal(422, 'invalid', 'The todo is not valid.', details);
  return JSON.parse(JSON.stringify({ title, note, is_completed }));
}

function idOf(req) {
  const id = Number(req.params.id);
  if (!Number.isInteger(id) || id < 1 || id > 2147483647) throw missing();
  return id;
}

const allow = (methods) => (req, res) => {
  res.set('Allow', methods);
  if (req.method === 'OPTIONS') return res.sendStatus(204);
  throw new Refusal(405, 'method_not_allowed', `Use one of ${methods}.`);
};

app.route('/api/todos')
  .get(async (req, res) => res.json(await knex('todos').orderBy('id', 'desc')))
  .post(async (req, res) => {
    const [todo] = await knex('todos').insert(read(req.body)).returning('*');
    res.status(201).location(`/api/todos/${todo.id}`).json(todo);
  })
  .all(allow('GET, HEAD, POST'));

app.route('/api/todos/:id')
  .get(async (req, res) => {
    const todo = await knex('todos').where({ id: idOf(req) }).first();
    if (!todo) throw missing();
    res.json(todo);
  })
  .patch(async (req, res) => {
    const id = idOf(req);
    const changes = read(req.body, true);
    const [todo] = Object.keys(changes).length
      ? await knex('todos').where({ id }).update(changes).returning('*')
      : await knex('todos').where({ id });
    if (!todo) throw missing();
    res.json(todo);
  })
  .delete(async (req, res) => {
    if (!(await knex('todos').where({ id: idOf(req) }).delete())) throw missing();
    res.sendStatus(204);
  })
  .all(allow('GET, HEAD, PATCH, DELETE'));

app.use(() => {
  throw new Refusal(404, 'no_such_route', 'There is nothing here.');
});

app.use((error, req, res, next) => {
  let { status = 503, error: code = 'bad_request', message, details = [] } = error;
  if (error.type === 'entity.parse.failed') message = 'The body is not valid JSON.';
  if (status >= 500) {
    console.error(`${req.method} ${req.path}: ${error.message}`);
    [code, message] = ['unavailable', 'Try again later.'];
  }
  res.status(status).json({ error: code, message, details });
});

// The table is there once the migrations have run; a start without it is a mistake worth seeing at once.
knex('todos').count().then(listen, (error) => {
  console.error(`cannot use the database: ${error.message || error.code}`);
  process.exit(1);
});

function listen() {
  const server = app.listen(process.env.PORT || 3000, () => console.log('listening'));
  process.on('SIGTERM', () => server.close(() => knex.destroy().then(() => process.exit(0))));
}
