/** Keeps todos in memory. It has the methods of the store in Postgres. */
import { notFound } from './problem.js';

export function openMemory() {
  const todos = new Map();
  let last = 0;

  function known(id) {
    if (!todos.has(id)) throw notFound();
    return todos.get(id);
  }

  function put(id, fields, created) {
    const { title, description, completed, due_date, priority } = fields;
    const now = new Date().toISOString();
    todos.set(id, { id, title, description, completed, due_date, priority, created_at: created ?? now, updated_at: now });
    return todos.get(id);
  }

  return {
    async prepare() {},
    async ping() {},
    async close() {},

    async list({ completed, limit, offset }) {
      const all = [...todos.values()].reverse().filter((todo) => completed === undefined || todo.completed === completed);
      return { items: all.slice(offset, offset + limit), total: all.length, limit, offset };
    },

    async find(id) {
      return known(id);
    },

    async insert(todo) {
      last += 1;
      return put(last, todo);
    },

    async replace(id, todo) {
      return put(id, todo, known(id).created_at);
    },

    async change(id, fields) {
      const todo = known(id);
      return put(id, { ...todo, ...fields }, todo.created_at);
    },

    async remove(id) {
      known(id);
      todos.delete(id);
    },
  };
}
