exports.up = (knex) =>
  knex.schema.createTable('todos', (table) => {
    table.increments('id');
    table.text('title').notNullable();
    table.text('note').notNullable().defaultTo('');
    table.boolean('is_completed').notNullable().defaultTo(false);
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });

exports.down = (knex) => knex.schema.dropTable('todos');
