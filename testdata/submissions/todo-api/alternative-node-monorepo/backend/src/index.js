const express = require('express');
const cors = require('cors');
const db = require('./db');
const todos = require('./todos');

const app = express();
app.use(cors());
app.use((req, res, next) => {
  if (['POST', 'PUT', 'PATCH'].includes(req.method) && !/^application\/json\b/.test(req.get('content-type') || '')) {
    return res.status(415).json({ message: 'Send application/json.' });
  }
  next();
});
app.use(express.json({ strict: false }));
app.use('/api/todos', todos);
app.use((req, res) => res.status(404).json({ message: 'Not found.' }));
app.use((error, req, res, next) => {
  if (error.type === 'entity.parse.failed') return res.status(400).json({ message: 'The body is not valid JSON.' });
  if (error.status && error.status < 500) return res.status(error.status).json({ message: error.message });
  console.error(`${req.method} ${req.originalUrl}:`, error.message || error.code);
  res.status(503).json({ message: 'The database is not available, try again later.' });
});

const server = app.listen(process.env.PORT || 4000, () => console.log('API is up'));
process.on('SIGTERM', () => server.close(() => db.end().then(() => process.exit(0))));
