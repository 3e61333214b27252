package database

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"
)

// RunEach sends statements without waiting for the answers in between, which takes one round
// trip instead of many. Each is still one statement as in Run, and one that is refused does
// not keep the next from being run. The bounds of the options hold for all of them together.
// There are fewer answers than statements where the session ended before.
func (c *Connection) RunEach(ctx context.Context, statements []string) ([]Answer, error) {
	if c.conn.IsClosed() {
		if err := c.open(ctx); err != nil {
			return nil, err
		}
	}
	c.meter.left.Store(c.options.MaxBytes)
	bounded, cancel := context.WithTimeout(ctx, c.options.Patience)
	defer cancel()
	pipeline := c.conn.StartPipeline(bounded)
	for _, sql := range statements {
		pipeline.SendQueryParams(sql, nil, nil, nil, nil)
		pipeline.SendPipelineSync()
	}
	answers := make([]Answer, 0, len(statements))
	err := pipeline.Flush()
	for _, sql := range statements {
		answer := Answer{}
		if err == nil {
			answer, err = c.next(bounded, pipeline)
		}
		answer.Role, answer.SQL = c.role, sql
		if err != nil {
			answer, err = c.ended(ctx, bounded, answer, err)
		}
		if err != nil {
			return answers, err
		}
		answers = append(answers, answer)
		if c.conn.IsClosed() {
			return answers, nil
		}
		if _, err = pipeline.GetResults(); err != nil { // the end of the statement's own round
			if _, err := c.ended(ctx, bounded, Answer{}, err); err != nil {
				return answers, err
			}
			return answers, nil
		}
	}
	return answers, pipeline.Close()
}

// next reads the answer to one statement.
func (c *Connection) next(ctx context.Context, pipeline *pgconn.Pipeline) (Answer, error) {
	results, err := pipeline.GetResults()
	if err != nil {
		return Answer{}, err
	}
	reader, ok := results.(*pgconn.ResultReader)
	if !ok {
		return Answer{}, nil
	}
	return c.read(ctx, reader)
}

// Closed reports whether the session has ended. The next statement opens another.
func (c *Connection) Closed() bool { return c.conn == nil || c.conn.IsClosed() }
