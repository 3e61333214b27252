import assert from 'node:assert/strict';
import { test } from 'node:test';
import { someFields, wholeTodo } from '../src/todo.js';

test('a title is enough', () => {
  assert.deepEqual(wholeTodo({ title: ' Water the plants ' }), {
    title: 'Water the plants', description: '', completed: false, due_date: null, priority: 'medium',
  });
});

test('unknown properties are ignored', () => {
  assert.deepEqual(someFields({ id: 7, owner: 'me', completed: true }), { completed: true });
});

for (const [name, body, field] of [
  ['no title', {}, 'title'],
  ['title null', { title: null }, 'title'],
  ['title blank', { title: '  ' }, 'title'],
  ['title too long', { title: 'é'.repeat(201) }, 'title'],
  ['title with NUL', { title: 'a\0b' }, 'title'],
  ['completed as text', { title: 'a', completed: 'yes' }, 'completed'],
  ['no such date', { title: 'a', due_date: '2026-02-30' }, 'due_date'],
  ['unknown priority', { title: 'a', priority: 'High' }, 'priority'],
]) {
  test(`refused: ${name}`, () => {
    assert.throws(() => wholeTodo(body), (error) => error.status === 400 && error.errors[0].field === field);
  });
}

for (const body of [null, 5, 'x', true, [{ title: 'a' }], undefined]) {
  test(`refused: ${JSON.stringify(body)} as the body`, () => {
    assert.throws(() => wholeTodo(body), { status: 400, code: 'malformed_body' });
  });
}
