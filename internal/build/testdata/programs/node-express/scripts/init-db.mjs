import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query('CREATE TABLE todos (id serial PRIMARY KEY, title text NOT NULL)');
await client.end();
