import { createApp } from './app.js';
import { openStore } from './store.js';
import { Problem } from './problem.js';

const DRAIN_MILLISECONDS = 8000;

const log = {
  info: (text) => console.log(`info  ${text}`),
  warn: (text) => console.warn(`warn  ${text}`),
  error: (text) => console.error(`error ${text}`),
};

const databaseUrl = process.env.DATABASE_URL ?? '';
if (!/^postgres(ql)?:\/\//.test(databaseUrl)) {
  log.error('DATABASE_URL must be set to a postgres:// address');
  process.exit(1);
}

const store = openStore(databaseUrl, log);
const state = { ready: false };

/** Makes the table as soon as the database answers. Until then every request is answered with 503. */
async function prepare() {
  try {
    await store.prepare();
    state.ready = true;
    log.info('database ready');
  } catch (error) {
    log.warn(`database not ready, next try in a second: ${error.message}`);
    setTimeout(prepare, 1000);
  }
}
await prepare();

const server = createApp(store, state, log).listen(Number(process.env.PORT ?? 3000), (error) => {
  if (error) {
    log.error(`cannot listen: ${error.message}`);
    process.exit(1);
  }
  log.info(`listening on port ${server.address().port}`);
});
server.headersTimeout = 10_000;
server.requestTimeout = 30_000;

// What the HTTP parser refuses never reaches Express.
server.on('clientError', (error, socket) => {
  if (!socket.writable) return;
  const problem = {
    HPE_INVALID_METHOD: new Problem(501, 'method_not_implemented', 'This server does not know the method.'),
    HPE_HEADER_OVERFLOW: new Problem(431, 'headers_too_large', 'The request headers are too large.'),
    ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, 'request_timeout', 'The request took too long.'),
  }[error.code] ?? new Problem(400, 'malformed_request', 'The request is not valid HTTP.');
  const body = JSON.stringify(problem);
  socket.end([
    `HTTP/1.1 ${problem.status} ${problem.toJSON().title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close', '', body,
  ].join('\r\n'));
});

function shutDown() {
  log.info('shutting down');
  server.close(async () => {
    await store.close();
    process.exit(0);
  });
  server.closeIdleConnections();
  setTimeout(() => process.exit(1), DRAIN_MILLISECONDS).unref();
}
process.on('SIGTERM', shutDown);
process.on('SIGINT', shutDown);
