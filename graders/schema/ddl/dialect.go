package ddl

import (
	"regexp"

	"github.com/takehome-dev/takehome/internal/sqlscript"
)

// sign is something that only one system writes.
type sign struct {
	words   string
	pattern *regexp.Regexp
}

// dialects are the systems whose SQL is handed in by mistake. Every sign is a syntax error
// or an unknown type in Postgres.
func dialects() []struct {
	name  string
	signs []sign
} {
	return []struct {
		name  string
		signs []sign
	}{
		{"MySQL", []sign{
			{"AUTO_INCREMENT", regexp.MustCompile(`(?i)\bauto_increment\b`)},
			{"ENGINE=", regexp.MustCompile(`(?i)\)\s*engine\s*=\s*\w+`)},
			{"names in backquotes", regexp.MustCompile("(?i)^(?:create\\s+table|insert\\s+into|alter\\s+table|drop\\s+table|lock\\s+tables)\\b[^`'\"(]*`")},
			{"UNSIGNED", regexp.MustCompile(`(?i)\b(?:tinyint|smallint|mediumint|int|integer|bigint)(?:\(\d+\))?\s+unsigned\b`)},
			{"ON UPDATE CURRENT_TIMESTAMP", regexp.MustCompile(`(?i)\bon\s+update\s+current_timestamp\b`)},
			{"an ENUM in a column", regexp.MustCompile(`(?i)^create\s+table\b.*\w\s+enum\s*\(\s*'`)},
			{"DATETIME", regexp.MustCompile(`(?i)^create\s+table\b.*\w\s+datetime\b`)},
		}},
		{"SQL Server", []sign{
			{"IDENTITY(1,1)", regexp.MustCompile(`(?i)\bidentity\s*\(\s*\d+\s*,\s*\d+\s*\)`)},
			{"NVARCHAR", regexp.MustCompile(`(?i)\bnvarchar\s*\(`)},
			{"names in brackets", regexp.MustCompile(`(?i)^create\s+table\s+\[`)},
			{"UNIQUEIDENTIFIER", regexp.MustCompile(`(?i)\buniqueidentifier\b`)},
			{"GETDATE()", regexp.MustCompile(`(?i)\bgetdate\(\)`)},
		}},
		{"Oracle", []sign{
			{"VARCHAR2", regexp.MustCompile(`(?i)\bvarchar2\s*\(`)},
			{"NUMBER(…)", regexp.MustCompile(`(?i)\snumber\s*\(\s*\d+`)},
			{"SYSDATE", regexp.MustCompile(`(?i)\bsysdate\b`)},
		}},
		{"SQLite", []sign{
			{"AUTOINCREMENT", regexp.MustCompile(`(?i)\bautoincrement\b`)},
			{"PRAGMA", regexp.MustCompile(`(?i)^pragma\b`)},
			{"WITHOUT ROWID", regexp.MustCompile(`(?i)\)\s*without\s+rowid\b`)},
		}},
	}
}

// quoted are texts, whose words are no signs.
var quoted = regexp.MustCompile(`'(?:[^']|'')*'`)

// dialectOf tells which other system SQL is written for, and by what that is seen; "" for
// Postgres, and where nothing tells.
func dialectOf(text string) (name string, signs []string) {
	var bare []string
	for _, statement := range sqlscript.Statements(text) {
		bare = append(bare, quoted.ReplaceAllString(statement.Bare(), "'x'"))
	}
	best := 1 // one sign may be a name that happens to be one
	for _, dialect := range dialects() {
		var found []string
		hits := 0
		for _, each := range dialect.signs {
			before := hits
			for _, statement := range bare {
				if each.pattern.MatchString(statement) {
					hits++
				}
			}
			if hits > before {
				found = append(found, each.words)
			}
		}
		if hits > best {
			best, name, signs = hits, dialect.name, found
		}
	}
	return name, signs
}
