const { Pool } = require('pg');

const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  connectionTimeoutMillis: 3000,
  query_timeout: 4000,
});
pool.on('error', (error) => console.error('idle connection lost:', error.message));

const table = `CREATE TABLE IF NOT EXISTS todos (
  id serial PRIMARY KEY,
  title varchar(255) NOT NULL,
  description text NOT NULL DEFAULT '',
  completed boolean NOT NULL DEFAULT false
)`;

let prepared = false;

/** Runs a statement; makes the table before the first one that gets through. */
async function query(sql, values) {
  if (!prepared) {
    await pool.query(table);
    prepared = true;
  }
  return pool.query(sql, values);
}

module.exports = { query, end: () => pool.end() };
