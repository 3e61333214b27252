import express from 'express';
import pg from 'pg';

const { DB_HOST, DB_PORT = 5432, DB_USER, DB_PASSWORD, DB_NAME } = process.env;
const pool = new pg.Pool({ host: DB_HOST, port: Number(DB_PORT), user: DB_USER, password: DB_PASSWORD, database: DB_NAME });
const app = express();
app.use(express.json());
app.post('/todos', async (req, res) => {
  await pool.query('INSERT INTO todos (title) VALUES ($1)', [req.body.title]);
  res.status(201).end();
});
app.get('/todos', async (req, res) => {
  const { rows } = await pool.query('SELECT title FROM todos');
  res.json(rows.map((row) => row.title));
});
app.listen(process.env.PORT || 3000);
