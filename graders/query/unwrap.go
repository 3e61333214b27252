package query

import (
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/sqlscript"
)

var (
	// around are statements that people write around a query to try it out: they change
	// neither what it finds nor how.
	around = regexp.MustCompile(`(?i)^(?:EXECUTE|DEALLOCATE|BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK|ANALY[SZ]E|VACUUM|RESET|SHOW|DISCARD)\b`)
	// before is what may stand in front of a query in its own statement.
	before = regexp.MustCompile(`(?is)^(?:` +
		`PREPARE\s+(?:"[^"]+"|\w+)\s*(?:\((?:[^()]|\([^()]*\))*\))?\s*AS\s+|` +
		`EXPLAIN\s*\([^()]*\)\s*|EXPLAIN\s+(?:(?:ANALY[SZ]E|VERBOSE)\s+)*)`)
)

// unwrap takes away what was written around a query to try it out: commands of psql,
// transactions, PREPARE with its EXECUTE, EXPLAIN. A query that is there with and without
// EXPLAIN is one query.
func unwrap(statements []sqlscript.Statement) []sqlscript.Statement {
	var made []sqlscript.Statement
	for _, each := range statements {
		if each.Kind == sqlscript.Psql {
			continue
		}
		for prefix := before.FindString(each.Text); prefix != ""; prefix = before.FindString(each.Text) {
			each.Text, each.Line = each.Text[len(prefix):], each.Line+strings.Count(prefix, "\n")
		}
		same := func(other sqlscript.Statement) bool { return sameText(other.Text, each.Text) }
		if around.MatchString(each.Text) || slices.ContainsFunc(made, same) {
			continue
		}
		made = append(made, each)
	}
	return made
}
