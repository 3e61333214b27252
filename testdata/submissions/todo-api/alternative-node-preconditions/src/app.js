import { fileURLToPath } from 'node:url';
import express from 'express';
import { Problem, notFound, send } from './problem.js';
import { someFields, wholeTodo } from './todo.js';

const OPENAPI = fileURLToPath(new URL('../openapi.yaml', import.meta.url));
const JSON_TYPES = ['application/json'];
const PATCH_TYPES = ['application/json', 'application/merge-patch+json'];
const LARGEST_ID = 2 ** 31 - 1;
const PAGE_SIZE = 50;
const LARGEST_PAGE = 100;

export function createApp(store, state, log) {
  const app = express();
  app.disable('x-powered-by');
  app.use(logRequests(log));
  app.use((req, res, next) => {
    if (!req.accepts('json') && !req.accepts('application/yaml')) {
      throw new Problem(406, 'not_acceptable', 'This API speaks JSON only.');
    }
    if (!state.ready && req.path !== '/openapi.yaml') {
      throw new Problem(503, 'database_unavailable', 'The database cannot be reached, try again later.');
    }
    next();
  });

  const body = express.json({ type: PATCH_TYPES, limit: '64kb', strict: false });

  app.route('/todos')
    .get(async (req, res) => {
      res.json(await store.list(listOptions(req.query)));
    })
    .post(onlyMedia(JSON_TYPES), body, async (req, res) => {
      const todo = await store.insert(wholeTodo(req.body), req.get('idempotency-key'));
      res.status(201).location(`/todos/${todo.id}`).json(todo);
    })
    .all(otherMethods('GET, HEAD, OPTIONS, POST'));

  app.route('/todos/:id')
    .get(async (req, res) => {
      const todo = await store.find(todoId(req));
      res.set('ETag', `"${todo.version}"`).json(todo);
    })
    .put(onlyMedia(JSON_TYPES), body, async (req, res) => {
      res.json(await store.replace(todoId(req), wholeTodo(req.body), wantedVersion(req)));
    })
    .patch(onlyMedia(PATCH_TYPES), body, async (req, res) => {
      res.json(await store.change(todoId(req), someFields(req.body)));
    })
    .delete(async (req, res) => {
      await store.remove(todoId(req));
      res.status(204).end();
    })
    .all(otherMethods('DELETE, GET, HEAD, OPTIONS, PATCH, PUT'));

  app.route('/healthz')
    .get(async (req, res) => {
      await store.ping();
      res.json({ status: 'ok' });
    })
    .all(otherMethods('GET, HEAD, OPTIONS'));

  app.route('/openapi.yaml')
    .get((req, res) => res.type('application/yaml').sendFile(OPENAPI))
    .all(otherMethods('GET, HEAD, OPTIONS'));

  app.use(() => {
    throw new Problem(404, 'route_not_found', 'There is nothing at this address.');
  });
  app.use(answerErrors(log));
  return app;
}

function todoId(req) {
  const given = req.params.id;
  if (!/^[1-9]\d*$/.test(given) || Number(given) > LARGEST_ID) throw notFound();
  return Number(given);
}

// The version that If-Match names; nothing without the header, and for * any version will do.
function wantedVersion(req) {
  const tag = req.get('if-match');
  return tag === undefined || tag === '*' ? undefined : tag.replaceAll('"', '');
}

function listOptions(query) {
  const options = { limit: PAGE_SIZE, offset: 0 };
  const errors = [];
  const refuse = (field, reason) => errors.push({ field, code: 'parameter', message: `${field} ${reason}` });
  if (query.limit !== undefined) {
    options.limit = /^\d{1,9}$/.test(query.limit) ? Math.min(Number(query.limit), LARGEST_PAGE) : 0;
    if (options.limit < 1) refuse('limit', 'must be a whole number above 0');
  }
  if (query.offset !== undefined) {
    options.offset = Number(query.offset);
    if (!/^\d{1,9}$/.test(query.offset)) refuse('offset', 'must be a whole number, 0 or more');
  }
  if (query.completed !== undefined) {
    options.completed = query.completed === 'true';
    if (!['true', 'false'].includes(query.completed)) refuse('completed', 'must be true or false');
  }
  if (errors.length > 0) {
    throw new Problem(400, 'invalid_query', errors.map((error) => error.message).join('; '), errors);
  }
  return options;
}

function onlyMedia(types) {
  return (req, res, next) => {
    const given = (req.get('content-type') ?? '').split(';')[0].trim().toLowerCase();
    if (types.includes(given)) return next();
    if (req.method === 'PATCH') res.set('Accept-Patch', types.join(', '));
    throw new Problem(415, 'unsupported_media_type', `The Content-Type must be ${types.join(' or ')}.`);
  };
}

function otherMethods(allowed) {
  return (req, res) => {
    res.set('Allow', allowed);
    if (req.method === 'OPTIONS') return res.status(204).end();
    throw new Problem(405, 'method_not_allowed', `The method is not one of ${allowed}.`);
  };
}

function answerErrors(log) {
  // Express knows an error handler by its four parameters.
  return (error, req, res, next) => {
    if (res.headersSent) return next(error);
    if (error instanceof Problem) return send(res, error);
    if (error.type === 'entity.parse.failed') {
      return send(res, new Problem(400, 'malformed_body', 'The request body is not valid JSON.'));
    }
    if (error.type === 'entity.too.large') {
      return send(res, new Problem(413, 'body_too_large', 'The request body may have at most 64 KiB.'));
    }
    if (error.status >= 400 && error.status < 500) {
      return send(res, new Problem(error.status, 'bad_request', 'The request could not be read.'));
    }
    log.error(`${req.method} ${req.path} failed: ${error.stack}`);
    send(res, new Problem(500, 'internal_error', 'Something went wrong on our side.'));
  };
}

function logRequests(log) {
  return (req, res, next) => {
    const started = performance.now();
    res.on('close', () => {
      const took = Math.round(performance.now() - started);
      log.info(`${req.method} ${JSON.stringify(req.path)} ${res.statusCode} ${took}ms`);
    });
    next();
  };
}
