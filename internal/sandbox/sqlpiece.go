package sandbox

import (
	"context"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// sqlPiece is a part of a script: SQL to send as one message, or a COPY with its data,
// which the protocol sends apart.
type sqlPiece struct {
	sql   string
	data  string // for a COPY
	copy  bool
	begun int // line of the script at which it begins, from 1
}

// copyLine is the beginning of a block as pg_dump writes it; its data ends with \. alone.
var copyLine = regexp.MustCompile(`(?i)^\s*copy\s[^;]*\sfrom\s+stdin\b[^;]*;\s*$`)

// splitCopies cuts a script before and after each COPY … FROM stdin. Everything else stays
// in one piece: the database itself knows best where a statement ends.
func splitCopies(script string) []sqlPiece {
	var pieces []sqlPiece
	var current strings.Builder
	line, begun := 0, 1
	flush := func() {
		if strings.TrimSpace(current.String()) != "" {
			pieces = append(pieces, sqlPiece{sql: current.String(), begun: begun})
		}
		current.Reset()
	}
	var block *sqlPiece
	for text := range strings.Lines(script) {
		line++
		bare := strings.TrimRight(text, "\r\n")
		switch {
		case block != nil && bare == `\.`:
			block.data = current.String()
			pieces = append(pieces, *block)
			current.Reset()
			block, begun = nil, line+1
		case block == nil && copyLine.MatchString(bare):
			flush()
			block = &sqlPiece{sql: bare, copy: true, begun: line}
		default:
			current.WriteString(text)
		}
	}
	if block != nil { // the data never ended: send what there is
		block.data = current.String()
		return append(pieces, *block)
	}
	flush()
	return pieces
}

// send runs the piece and drops what it returns.
func (p sqlPiece) send(ctx context.Context, conn *pgconn.PgConn) error {
	if p.copy {
		_, err := conn.CopyFrom(ctx, strings.NewReader(p.data), p.sql)
		return err
	}
	results := conn.Exec(ctx, p.sql)
	for results.NextResult() {
		rows := results.ResultReader()
		for rows.NextRow() {
			continue // a script may select what it likes
		}
		if _, err := rows.Close(); err != nil {
			_ = results.Close()
			return err
		}
	}
	return results.Close()
}

// lineOf is the line of the script at a position of this piece, counted in characters from
// 1 as the server counts; 0 means that the server named none.
func (p sqlPiece) lineOf(position int) int {
	if p.copy || position <= 0 {
		return p.begun
	}
	line := p.begun
	for at, r := range []rune(p.sql) {
		if at >= position-1 {
			break
		}
		if r == '\n' {
			line++
		}
	}
	return line
}
