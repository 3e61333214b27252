package ddl

import (
	"regexp"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
)

// States that decide what is done next (PostgreSQL manual, appendix A).
const (
	syntaxError = "42601"
	diskFull    = "53100"
)

// meanings say for the author of a script what a SQLSTATE usually means there.
func meanings() map[string]string {
	return map[string]string{
		syntaxError: "the statement is not valid SQL for PostgreSQL",
		"42P01":     "the table is created further down, is spelled differently, or was itself refused",
		"42P07":     "something of this name is there already",
		"42710":     "something of this name is there already",
		"42P06":     "the schema is there already",
		"42701":     "the table has this column already",
		"42703":     "the column is not in the table, or is spelled differently",
		"42704":     "the type, role or other object is not there, or was itself refused",
		"42804":     "the types do not fit each other",
		"42830":     "a foreign key must refer to columns with a primary key or unique constraint",
		"42883":     "there is no such function or operator for these types",
		"42846":     "there is no conversion between these types",
		"42P16":     "this definition contradicts itself, such as two primary keys",
		"42P17":     "an expression in an index or a generated column must not depend on time or settings",
		"42P10":     "a column is referred to that is not there",
		"42501":     "the owner of a database may not do this: it needs a superuser, or somebody else's object",
		"3F000":     "the schema is not created",
		"23503":     "a row refers to one that is not there",
		"23505":     "a row is there twice",
		"23514":     "a row violates a check of the schema itself",
		"23502":     "a value is missing in a column that demands one",
		"22P02":     "a value does not have the form of its type",
		"25P01":     "there is no transaction that could be ended",
		"25001":     "this statement may not be part of a transaction",
		"0A000":     "PostgreSQL does not have this feature",
		"55000":     "the object is not in the state that this needs",
		"57014":     "it does not end in time",
		"54000":     "it sends more than is read",
		"54011":     "a table has too many columns",
		diskFull:    "the storage of the database is full",
		"53200":     "the server ran out of memory",
	}
}

// mistakes are what lies behind most syntax errors, by what the statement holds.
func mistakes() []struct {
	pattern *regexp.Regexp
	words   string
} {
	return []struct {
		pattern *regexp.Regexp
		words   string
	}{
		{regexp.MustCompile(`(?i)\bauto_increment\b`), "AUTO_INCREMENT is MySQL's; PostgreSQL has GENERATED ALWAYS AS IDENTITY"},
		{regexp.MustCompile("`"), "names in backquotes are MySQL's; PostgreSQL quotes them with \""},
		{regexp.MustCompile(`(?i)\)\s*engine\s*=`), "ENGINE= is MySQL's"},
		{regexp.MustCompile(`(?i)\bautoincrement\b`), "AUTOINCREMENT is SQLite's; PostgreSQL has GENERATED ALWAYS AS IDENTITY"},
		{regexp.MustCompile(`(?i)\bidentity\s*\(\s*\d+\s*,`), "IDENTITY(1,1) is SQL Server's; PostgreSQL has GENERATED ALWAYS AS IDENTITY"},
		{regexp.MustCompile(`,\s*\)`), "there is a comma before a closing parenthesis"},
		{regexp.MustCompile(`(?i)\btable\s+(?:if\s+not\s+exists\s+)?(?:order|user)\b`), "ORDER and USER are reserved words, and need quotes or another name"},
		{regexp.MustCompile(`(?m)^\s*go\s*$`), "GO is SQL Server's"},
		{regexp.MustCompile(`(?i)\s:'?\w+`), "variables of psql are not known here"},
	}
}

// meaning says in words for the author why a statement was refused.
func meaning(refusal *database.Refusal, statement string) string {
	if refusal.SQLState == syntaxError {
		for _, mistake := range mistakes() {
			if mistake.pattern.MatchString(quoted.ReplaceAllString(statement, "''")) {
				return mistake.words
			}
		}
	}
	if refusal.Lost {
		return "it ended the session"
	}
	if refusal.Where != "" {
		return "a function or trigger of the script says so"
	}
	if words, ok := meanings()[refusal.SQLState]; ok {
		return words
	}
	return ""
}

// isUnavailable reports that an extension is not part of our server, or needs a superuser:
// both are no fault of the script's.
func isUnavailable(refusal *database.Refusal) bool {
	switch refusal.SQLState {
	case "0A000", "58P01", "42501", "22023":
		return strings.Contains(refusal.Message, "extension")
	}
	return false
}
