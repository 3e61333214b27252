import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Problem } from './problem.js';

const derive = promisify(scrypt);
const SESSION_HOURS = 8;
const COOKIE = 'sid';

async function hash(password) {
  const salt = randomBytes(16);
  const key = await derive(password, salt, 32);
  return `scrypt$${salt.toString('base64')}$${key.toString('base64')}`;
}

async function matches(password, kept) {
  const [, salt, key] = kept.split('$');
  const given = await derive(password, Buffer.from(salt, 'base64'), 32);
  return timingSafeEqual(given, Buffer.from(key, 'base64'));
}

// Compared with when there is no such user, so that the answer takes as long.
const NOBODY = await hash(randomBytes(16).toString('hex'));

function credentials(body) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(400, 'malformed_body', 'The request body must be a JSON object.');
  }
  const errors = [];
  if (typeof body.username !== 'string' || !/^[a-z0-9_.-]{3,40}$/i.test(body.username)) {
    errors.push({ field: 'username', code: 'format', message: 'username must have 3 to 40 letters, digits, dots, dashes' });
  }
  if (typeof body.password !== 'string' || body.password.length < 8 || body.password.length > 200) {
    errors.push({ field: 'password', code: 'length', message: 'password must have 8 to 200 characters' });
  }
  if (errors.length > 0) {
    throw new Problem(400, 'validation_failed', errors.map((error) => error.message).join('; '), errors);
  }
  return { username: body.username.toLowerCase(), password: body.password };
}

function unauthorized(res, code, detail) {
  res.set('WWW-Authenticate', 'Cookie realm="todos"');
  throw new Problem(401, code, detail);
}

function sessionId(req) {
  for (const pair of (req.get('cookie') ?? '').split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === COOKIE) return value;
  }
  return undefined;
}

export function createAccounts(store) {
  return {
    async register(req, res) {
      const { username, password } = credentials(req.body);
      const user = await store.insertUser({ username, password_hash: await hash(password), role: 'member' });
      if (!user) throw new Problem(409, 'username_taken', 'There is an account with this name.');
      res.status(201).json({ id: user.id, username: user.username, role: user.role });
    },

    async login(req, res) {
      const { username, password } = credentials(req.body);
      const user = await store.findUser(username);
      const right = await matches(password, user?.password_hash ?? NOBODY);
      if (!user || !right) unauthorized(res, 'invalid_credentials', 'The name or the password is wrong.');
      const id = randomBytes(32).toString('hex');
      await store.insertSession(id, user.id, SESSION_HOURS);
      res.cookie(COOKIE, id, { httpOnly: true, sameSite: 'lax', maxAge: SESSION_HOURS * 3600_000 });
      res.json({ username: user.username });
    },

    async logout(req, res) {
      await store.removeSession(sessionId(req) ?? '');
      res.clearCookie(COOKIE).status(204).end();
    },

    /** Lets only requests of a session through; req.user is the id of its user. */
    async guard(req, res, next) {
      const session = await store.findSession(sessionId(req) ?? '');
      if (!session) unauthorized(res, 'unauthorized', 'Log in first.');
      req.user = session.user_id;
      next();
    },
  };
}
