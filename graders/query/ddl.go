package query

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Order of business for a statement of indexes.sql.
type order string

const (
	orderRun   order = "run"
	orderSkip  order = "skip"  // it is done anyway, or means nothing here
	orderSet   order = "set"   // a setting, which is looked at with those of settings.sql
	orderDeny  order = "deny"  // not allowed in this challenge
	orderForge order = "forge" // it would change what is measured: data, code, rights
)

// instruction is one statement of indexes.sql and what becomes of it.
type instruction struct {
	sqlscript.Statement
	order  order
	kind   string // in words: "an index"
	reason string // why it is not run
	// table is the one whose statistics have to be made anew, "" for none.
	table string
}

// form is a kind of statement, told by how it begins.
type form struct {
	begins     *regexp.Regexp
	kind       string
	permission string // one of Permissions; "" for none that could be given
	order      order
}

// targetKind is DDL that can have more than one part: with a comma it is a change of the schema.
const targetKind = "a target of statistics"

// forms lists what statements may be, the first that fits counts. White space is one blank,
// comments are gone, and letters are large.
func forms() []form {
	one := func(pattern, kind, permission string, order order) form {
		return form{regexp.MustCompile(`^(?:` + pattern + `)(?:$|[^A-Z_])`), kind, permission, order}
	}
	return []form{
		one(`CREATE (?:UNIQUE )?INDEX`, "an index", "index", orderRun),
		one(`CREATE STATISTICS`, "extended statistics", "extended_statistics", orderRun),
		one(`ALTER TABLE (?:IF EXISTS )?(?:ONLY )?[^ ]+ ALTER (?:COLUMN )?[^ ]+ SET STATISTICS -?[0-9]+`, targetKind, "statistics_target", orderRun),
		one(`CREATE EXTENSION (?:IF NOT EXISTS )?"?(?:PG_TRGM|BTREE_GIN|BTREE_GIST|INTARRAY|UNACCENT|HSTORE|CITEXT)"?`, "an extension", "extension", orderRun),
		one(`DROP INDEX`, "dropping an index", "drop_index", orderRun),
		one(`CREATE EXTENSION (?:IF NOT EXISTS )?"?(?:PG_STAT_STATEMENTS|PGSTATTUPLE|PG_BUFFERCACHE|PG_PREWARM|PLPGSQL)"?`, "an extension for looking at the server", "", orderSkip),
		one(`ANALY[SZ]E|VACUUM`, "maintenance", "", orderSkip),
		one(`BEGIN|START TRANSACTION|COMMIT|END|COMMENT ON|REINDEX|CHECKPOINT|DISCARD|SHOW|EXPLAIN|SELECT|RESET`, "a statement without an effect on the query", "", orderSkip),
		one(`SET|ALTER (?:ROLE|USER|DATABASE) [^ ]+ (?:IN DATABASE [^ ]+ )?SET`, "a setting", "", orderSet),
		one(`INSERT|UPDATE|DELETE|TRUNCATE|MERGE|COPY`, "a change of the data", "", orderForge),
		one(`CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE|AGGREGATE|OPERATOR|CAST|TRIGGER|RULE|EVENT TRIGGER|DOMAIN|TYPE)|DO`, "code or types of its own", "", orderForge),
		one(`ALTER SYSTEM|CREATE (?:ROLE|USER)|ALTER (?:ROLE|USER|DATABASE)|GRANT|REVOKE|SECURITY LABEL|LOAD`, "a change of roles, rights or the server", "", orderForge),
		one(`CREATE (?:OR REPLACE )?(?:(?:TEMP|TEMPORARY|RECURSIVE) )*(?:MATERIALIZED )?VIEW|REFRESH`, "a view", "", orderDeny),
		one(`CREATE (?:(?:TEMP|TEMPORARY|UNLOGGED) )*TABLE|ALTER TABLE|DROP|CREATE SCHEMA|CLUSTER`, "a change of the schema", "", orderDeny),
	}
}

// dropIndex is DROP INDEX with the names of the indexes.
var dropIndex = regexp.MustCompile(`(?i)^DROP INDEX (?:CONCURRENTLY )?(?:IF EXISTS )?(.+?)(?: CASCADE| RESTRICT)?$`)

func dropsIndex(statement sqlscript.Statement) bool {
	return dropIndex.MatchString(flattened(statement.Text))
}

// dropsItsOwn reports whether a statement drops indexes that the data set does not have: a
// script that can be run twice does so before it makes them.
func dropsItsOwn(statement sqlscript.Statement, ofDataset []string) bool {
	match := dropIndex.FindStringSubmatch(flattened(statement.Text))
	if match == nil {
		return false
	}
	for name := range strings.SplitSeq(match[1], ",") {
		_, local, qualified := strings.Cut(strings.TrimSpace(name), ".")
		if !qualified {
			local = strings.TrimSpace(name)
		}
		plain, quoted := strings.CutPrefix(local, `"`)
		if plain = strings.TrimSuffix(plain, `"`); !quoted {
			plain = strings.ToLower(plain)
		}
		if slices.Contains(ofDataset, plain) {
			return false
		}
	}
	return true
}

// instruct decides about a statement of indexes.sql. ofDataset are the indexes that are there
// without it; only a statement that drops one looks at them.
func (s Spec) instruct(statement sqlscript.Statement, ofDataset []string) instruction {
	made := instruction{Statement: statement, order: orderDeny, kind: "a statement of another kind", reason: "a statement of this kind is not allowed in indexes.sql"}
	flat := strings.ToUpper(flattened(statement.Text))
	for _, form := range forms() {
		if !form.begins.MatchString(flat) || form.kind == targetKind && strings.Contains(flat, ",") {
			continue
		}
		made.order, made.kind, made.reason = form.order, form.kind, ""
		switch {
		case dropsItsOwn(statement, ofDataset):
		case form.permission != "" && !slices.Contains(s.Allow, form.permission):
			made.order, made.reason = orderDeny, "this challenge does not allow "+Permissions()[form.permission]
		case form.order == orderDeny || form.order == orderForge:
			made.reason = form.kind + " is not allowed: only what helps a query to be found faster may be made"
		case form.order == orderSkip:
			made.reason = "every table is vacuumed and analysed before anything is counted"
		}
		break
	}
	if made.order == orderRun && needsStatistics.MatchString(flat) {
		if match := ofTable.FindStringSubmatch(flattened(statement.Text)); match != nil {
			made.table = match[1]
		}
	}
	return made
}

var (
	// needsStatistics is DDL of which the planner knows nothing until the table is analysed: an
	// index on an expression, extended statistics, another target.
	needsStatistics = regexp.MustCompile(`^CREATE STATISTICS|SET STATISTICS|INDEX.*\(.*\(|INDEX.*\(.*(->|::|\|\|)`)
	ofTable         = regexp.MustCompile(`(?i)(?:^CREATE STATISTICS .* FROM |^CREATE (?:UNIQUE )?INDEX (?:.*? )??ON (?:ONLY )?|^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?)("[^"]+"(?:\."[^"]+")?|[a-zA-Z_][\w.]*)`)
)

// flattened is a statement on one line without comments.
func flattened(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		rest := text[i:]
		switch {
		case strings.HasPrefix(rest, "--"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			i += end
			out.WriteByte(' ')
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest, "*/")
			if end < 0 {
				end = len(rest) - 2
			}
			i += end + 2
			out.WriteByte(' ')
		default:
			out.WriteByte(text[i])
			i++
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// maxStatements bounds a stranger's script.
const maxStatements = 100

// performed is how an instruction went in one database.
type performed struct {
	instruction
	refusal *database.Refusal // nil: it was carried out, or not run
}

// perform runs the candidate's DDL in the database of a session, each statement alone.
func perform(ctx context.Context, owner *database.Connection, instructions []instruction) ([]performed, error) {
	var done []performed
	var analyse []string
	inside := owner.InTransaction()
	var exhausted *database.Refusal
	for _, each := range instructions {
		outcome := performed{instruction: each}
		switch {
		case each.order != orderRun:
		case exhausted != nil: // each further one would take as long to end in the same way
			outcome.refusal = exhausted
		default:
			answer, err := owner.Run(ctx, each.Text)
			if err != nil {
				return nil, fmt.Errorf("run the submission's DDL: %w", err)
			}
			outcome.refusal = answer.Refusal
			if answer.Refusal != nil && (answer.Refusal.TimedOut || work.Exhausted(*answer.Refusal)) {
				exhausted = answer.Refusal
			}
			if answer.Refusal == nil && each.table != "" && !slices.Contains(analyse, each.table) {
				analyse = append(analyse, each.table)
			}
			if !inside && owner.InTransaction() { // a statement that begins one is not run; be sure all the same
				if _, err := owner.Run(ctx, "ROLLBACK"); err != nil {
					return nil, err
				}
			}
		}
		done = append(done, outcome)
	}
	for _, table := range analyse {
		if _, err := owner.Run(ctx, "ANALYZE "+table); err != nil {
			return nil, fmt.Errorf("analyse after the submission's DDL: %w", err)
		}
	}
	return done, nil
}

// words say what became of an instruction.
func (p performed) words() string {
	where := fmt.Sprintf("line %d: %s", p.Line, takehome.Line(firstLine(p.Text)))
	switch {
	case p.refusal != nil:
		return where + ": " + refusalWords(*p.refusal)
	case p.reason != "":
		return where + ": " + p.reason
	}
	return where
}

func firstLine(text string) string {
	flat := flattened(text)
	if runes := []rune(flat); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return flat
}
