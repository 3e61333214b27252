import { createServer, STATUS_CODES } from 'node:http';
import pg from 'pg';

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  connectionTimeoutMillis: 3000,
  query_timeout: 4000,
});
pool.on('error', (error) => console.error(error.message));

class Refusal extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

const COLUMNS = 'id, name, status, created_at';
const NO_TODO = 'There is no such todo.';

const collection = {
  async GET() {
    const { rows } = await pool.query(`SELECT ${COLUMNS} FROM todos ORDER BY id DESC`);
    return { status: 200, body: rows };
  },
  async POST(request) {
    const { name, status } = await todoFrom(request);
    const { rows: [todo] } = await pool.query(`INSERT INTO todos (name, status) VALUES ($1, $2) RETURNING ${COLUMNS}`, [name, status]);
    return { status: 201, body: todo, headers: { Location: `/todos/${todo.id}` } };
  },
};

const item = {
  async GET(request, id) {
    const { rows: [todo] } = await pool.query(`SELECT ${COLUMNS} FROM todos WHERE id = $1`, [id]);
    if (!todo) throw new Refusal(404, NO_TODO);
    return { status: 200, body: todo };
  },
  async PUT(request, id) {
    const { name, status } = await todoFrom(request);
    const { rowCount } = await pool.query('UPDATE todos SET name = $2, status = $3 WHERE id = $1', [id, name, status]);
    if (rowCount === 0) throw new Refusal(404, NO_TODO);
    return { status: 204 };
  },
  async DELETE(request, id) {
    const { rowCount } = await pool.query('DELETE FROM todos WHERE id = $1', [id]);
    if (rowCount === 0) throw new Refusal(404, NO_TODO);
    return { status: 204 };
  },
};

async function todoFrom(request) {
  const type = (request.headers['content-type'] ?? '').split(';')[0].trim();
  if (type !== 'application/json') throw new Refusal(415, 'The Content-Type must be application/json.');
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > 100_000) throw new Refusal(413, 'The body is too large.', { Connection: 'close' });
    chunks.push(chunk);
  }
  let body;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refusal(400, 'The body is not valid JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Refusal(400, 'The body must be an object.');
  const { name, status = 'open' } = body;
  if (name === undefined) throw new Refusal(400, 'name is missing.');
  if (typeof name !== 'string') throw new Refusal(400, 'name must be a string.');
  if (name.trim() === '' || name.length > 300) throw new Refusal(400, 'name must have 1 to 300 characters.');
  if (name.includes('\0') || !name.isWellFormed()) throw new Refusal(400, 'name has characters that cannot be stored.');
  if (status !== 'open' && status !== 'done') throw new Refusal(400, 'status must be open or done.');
  return { name, status };
}

function route(request) {
  const path = request.url.split('?')[0];
  if (path === '/todos') return [collection];
  const match = /^\/todos\/([^/]+)$/.exec(path);
  if (!match) throw new Refusal(404, 'There is nothing at this address.');
  if (!/^[1-9]\d{0,8}$/.test(match[1])) throw new Refusal(404, NO_TODO);
  return [item, Number(match[1])];
}

async function answer(request) {
  const [resource, id] = route(request);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const headers = { Allow: [...Object.keys(resource), 'HEAD', 'OPTIONS'].join(', ') };
  if (method === 'OPTIONS') return { status: 204, headers };
  if (!Object.hasOwn(resource, method)) throw new Refusal(405, `${method} is not possible here.`, headers);
  return resource[method](request, id);
}

const server = createServer(async (request, response) => {
  const reply = await answer(request).catch((error) => {
    if (!(error instanceof Refusal)) {
      console.error(`${request.method} ${request.url}: ${error.message || error.code}`);
      error = new Refusal(503, 'The service is not available, try again later.', { 'Retry-After': '5' });
    }
    const body = { code: STATUS_CODES[error.status].toLowerCase().replaceAll(' ', '_'), message: error.message };
    return { status: error.status, body, headers: error.headers };
  });
  const text = reply.body === undefined ? undefined : JSON.stringify(reply.body);
  response.writeHead(reply.status, {
    ...(text && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
    ...reply.headers,
  });
  response.end(text);
});

const schema = `CREATE TABLE IF NOT EXISTS todos (
  id serial PRIMARY KEY,
  name text NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'done')),
  created_at timestamptz NOT NULL DEFAULT now())`;

try {
  await pool.query(schema);
} catch (error) {
  console.error(`cannot use the database in DATABASE_URL: ${error.message || error.code}`);
  process.exit(1);
}
server.listen(Number(process.env.PORT ?? 8080));
process.on('SIGTERM', () => {
  server.close(() => pool.end().then(() => process.exit(0)));
  server.closeIdleConnections();
});
