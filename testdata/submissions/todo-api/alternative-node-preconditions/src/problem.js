import { STATUS_CODES } from 'node:http';

/** An error that is answered to the client as a problem document (RFC 9457). */
export class Problem extends Error {
  constructor(status, code, detail, errors) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  toJSON() {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status],
      status: this.status,
      detail: this.message,
      code: this.code,
      ...(this.errors && { errors: this.errors }),
    };
  }
}

export const notFound = () => new Problem(404, 'todo_not_found', 'There is no todo with this id.');

export function send(res, problem) {
  if (problem.status === 503) res.set('Retry-After', '5');
  if (problem.status === 413) res.set('Connection', 'close');
  res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
