import { Problem } from './problem.js';

export const PRIORITIES = ['low', 'medium', 'high'];
const TITLE_LIMIT = 200;
const DESCRIPTION_LIMIT = 2000;

/** What a todo has when the client leaves a field out. */
const DEFAULTS = { description: '', completed: false, due_date: null, priority: 'medium' };

const length = (text) => [...text].length;
// Postgres cannot keep a NUL, and half a surrogate pair is not a character.
const storable = (text) => text.isWellFormed() && !text.includes('\0');

/** For each field a client may write: the reason why a value is refused, or nothing. */
const RULES = {
  title(value) {
    if (typeof value !== 'string') return ['type', 'must be a string'];
    if (value.trim() === '') return ['blank', 'must not be blank'];
    if (length(value.trim()) > TITLE_LIMIT) return ['length', `must have at most ${TITLE_LIMIT} characters`];
    if (!storable(value)) return ['characters', 'has characters that cannot be stored'];
  },
  description(value) {
    if (typeof value !== 'string') return ['type', 'must be a string'];
    if (length(value) > DESCRIPTION_LIMIT) return ['length', `must have at most ${DESCRIPTION_LIMIT} characters`];
    if (!storable(value)) return ['characters', 'has characters that cannot be stored'];
  },
  completed(value) {
    if (typeof value !== 'boolean') return ['type', 'must be true or false'];
  },
  due_date(value) {
    if (value !== null && !isDate(value)) return ['date', 'must be a date such as 2026-03-31, or null'];
  },
  priority(value) {
    if (!PRIORITIES.includes(value)) return ['choice', `must be one of ${PRIORITIES.join(', ')}`];
  },
};

function isDate(value) {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const parsed = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value);
}

/** Reads a whole todo, as POST and PUT need it: title is required, the rest gets its default. */
export function wholeTodo(body) {
  return { ...DEFAULTS, ...read(body, ['title']) };
}

/** Reads the fields that a PATCH changes. */
export function someFields(body) {
  return read(body, []);
}

// Properties that are not in RULES, id and the timestamps among them, are ignored.
function read(body, required) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(400, 'malformed_body', 'The request body must be a JSON object.');
  }
  const fields = {};
  const errors = [];
  for (const [field, rule] of Object.entries(RULES)) {
    if (!Object.hasOwn(body, field)) {
      if (required.includes(field)) errors.push({ field, code: 'required', message: `${field} is required` });
      continue;
    }
    const [code, reason] = rule(body[field]) ?? [];
    if (code) errors.push({ field, code, message: `${field} ${reason}` });
    fields[field] = body[field];
  }
  if (errors.length > 0) {
    throw new Problem(400, 'validation_failed', errors.map((error) => error.message).join('; '), errors);
  }
  if (fields.title !== undefined) fields.title = fields.title.trim();
  return fields;
}
