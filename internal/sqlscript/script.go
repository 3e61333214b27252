package sqlscript

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// SizeLimit is the number of bytes up to which a file of SQL is applied.
const SizeLimit = 2 << 20

// Scripts makes what is to be sent for one file: usually the whole of its up half in one
// piece. The notes say what was left out.
func Scripts(file, text string) ([]takehome.Script, []string) {
	text = Up(text)
	text, dropped := withoutMetaCommands(text)
	var (
		made  []takehome.Script
		piece strings.Builder
		notes []string
	)
	flush := func() {
		if strings.TrimSpace(piece.String()) != "" {
			made = append(made, takehome.Script{File: file, SQL: piece.String()})
		}
		piece.Reset()
	}
	for _, each := range split(text) {
		bare := each.bare()
		switch {
		case bare == "":
		case concernsServer.MatchString(bare):
			dropped = append(dropped, firstWords(bare))
		case copiesFromInput.MatchString(bare):
			notes = append(notes, takehome.Line(file)+": COPY … FROM stdin cannot be applied; use INSERT")
			flush()
			return made, append(notes, droppedNote(file, dropped)...)
		case standsAlone.MatchString(bare):
			flush()
			made = append(made, takehome.Script{File: file, SQL: each.text})
		default:
			piece.WriteString(each.text + ";")
		}
	}
	if piece.Len() > 0 {
		piece.WriteByte('\n') // a comment at the very end needs its line
	}
	flush()
	return made, append(notes, droppedNote(file, dropped)...)
}

func droppedNote(file string, dropped []string) []string {
	if len(dropped) == 0 {
		return nil
	}
	slices.Sort(dropped)
	return []string{fmt.Sprintf("%s: left out what concerns the server and not the database: %s",
		takehome.Line(file), strings.Join(slices.Compact(dropped), ", "))}
}

var (
	// concernsServer are statements about databases, roles and ownership: the database and
	// its one role are given, and a dump's "OWNER TO postgres" would only fail.
	concernsServer = regexp.MustCompile(`(?i)^(?:(?:create|drop|alter)\s+(?:database|role|user|group|tablespace)\b|` +
		`(?:grant|revoke)\b|alter\s+default\s+privileges\b|alter\s+.*\bowner\s+to\b|reassign\s+owned\b|` +
		`set\s+(?:session\s+authorization|role)\b|use\s+[\x60"\[]?\w+[\x60"\]]?$|` +
		`set\s+(?:transaction_timeout|default_table_access_method)\b|comment\s+on\s+(?:database|extension)\b)`)
	copiesFromInput = regexp.MustCompile(`(?i)^copy\b.*\bfrom\s+stdin\b`)
	// standsAlone are statements that Postgres refuses inside a transaction block, which
	// every query of more than one statement is.
	standsAlone = regexp.MustCompile(`(?i)^(?:(?:create|drop)\s+(?:unique\s+)?index\s+concurrently\b|reindex\b.*\bconcurrently\b|vacuum\b|alter\s+system\b)`)
)

func firstWords(bare string) string {
	const most = 2
	fields := strings.Fields(strings.ToUpper(bare))
	if at := slices.Index(fields, "OWNER"); fields[0] == "ALTER" && at > 0 {
		return "OWNER TO"
	}
	return takehome.Line(strings.Join(fields[:min(most, len(fields))], " "))
}

// withoutMetaCommands takes out what only psql understands, such as \connect. A backslash
// outside of quotes and comments is never SQL; the command reaches to the end of its line.
func withoutMetaCommands(text string) (string, []string) {
	var (
		dropped []string
		out     strings.Builder
	)
	for i := 0; i < len(text); {
		if text[i] != '\\' {
			next := skip(text, i)
			out.WriteString(text[i:next])
			i = next
			continue
		}
		line, _, _ := strings.Cut(text[i:], "\n")
		dropped = append(dropped, takehome.Line(strings.Fields(line)[0]))
		i += len(line)
	}
	return out.String(), dropped
}

// Markers of the tools that keep both directions in one file.
var (
	upMarker   = regexp.MustCompile(`(?im)^--\s*(?:\+goose\s+up|\+migrate\s+up|migrate:up|up\s+migration|rambler\s+up|@up)\b[^\n]*$`)
	downMarker = regexp.MustCompile(`(?im)^--\s*(?:\+goose\s+down|\+migrate\s+down|migrate:down|down\s+migration|rambler\s+down|@down|@undo|---- create above / drop below ----)[^\n]*$`)
	ternMarker = regexp.MustCompile(`(?m)^---- create above / drop below ----[^\n]*$`)
)

// Up is the half of a migration that leads up: goose, sql-migrate, dbmate, node-pg-migrate
// and tern keep both in one file. A file without their marks is returned whole.
func Up(text string) string {
	if at := ternMarker.FindStringIndex(text); at != nil {
		return text[:at[0]]
	}
	ups, downs := upMarker.FindAllStringIndex(text, -1), downMarker.FindAllStringIndex(text, -1)
	if len(ups) == 0 {
		if len(downs) > 0 {
			return text[:downs[0][0]]
		}
		return text
	}
	var out strings.Builder
	for _, up := range ups {
		end := len(text)
		for _, down := range downs {
			if down[0] > up[0] {
				end = min(end, down[0])
			}
		}
		for _, next := range ups {
			if next[0] > up[0] {
				end = min(end, next[0])
			}
		}
		out.WriteString(text[up[1]:end])
	}
	return out.String()
}

var createTable = regexp.MustCompile("(?i)^create\\s+(?:unlogged\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?[\"]?(?:\\w+\"?\\.\"?)?(\\w+)")

// Tables are the tables that a script creates, in lower case.
func Tables(text string) []string {
	var tables []string
	text, _ = withoutMetaCommands(Up(text))
	for _, each := range split(text) {
		if parts := createTable.FindStringSubmatch(each.bare()); parts != nil {
			tables = append(tables, strings.ToLower(parts[1]))
		}
	}
	return tables
}

var (
	downFile  = regexp.MustCompile(`(?i)(?:[._-]down|/down|[._-]undo|[._-]rollback|(?:^|/)drop[^/]*|(?:^|/)u\d+(?:[._]\d+)*__[^/]*|[._-]revert|/revert)\.sql$`)
	testFile  = regexp.MustCompile(`(?i)(?:^|/)(?:tests?|specs?|examples?|queries|query|sqlc)(?:/|\.sql$)`)
	seedFile  = regexp.MustCompile(`(?i)(?:^|[/_.-])(?:seeds?|sample|demo|fixtures?|dummy|mock)[^/]*$|(?:^|/)(?:seeds?|fixtures?|samples?)/`)
	leading   = regexp.MustCompile(`^[vVrR]?(\d+(?:[._]\d+)*)`)
	extension = regexp.MustCompile(`(?i)\.sql$`)
)

// IsUp reports whether a file leads up: it is SQL, and neither a down half nor a query of
// the program or a test.
func IsUp(file string) bool {
	return extension.MatchString(file) && !downFile.MatchString(file) && !testFile.MatchString(file)
}

// IsSeed reports whether a file only fills tables with examples. Nobody wants those in a
// database that has to be empty.
func IsSeed(file string) bool { return seedFile.MatchString(file) }

// Sort puts files into the order of their numbers, as every migration tool does: "V10__b"
// comes after "V9__a", and Flyway's repeatable ones come last.
func Sort(files []string) {
	slices.SortStableFunc(files, func(a, b string) int {
		keyA, keyB := orderOf(a), orderOf(b)
		if order := slices.Compare(keyA.numbers, keyB.numbers); order != 0 && keyA.class == keyB.class {
			return order
		}
		if keyA.class != keyB.class {
			return keyA.class - keyB.class
		}
		return strings.Compare(a, b)
	})
}

type order struct {
	class   int // 0 numbered, 1 without a number, 2 repeatable
	numbers []int64
}

func orderOf(file string) order {
	name := path.Base(file)
	if strings.EqualFold(name, "migration.sql") || strings.EqualFold(name, "up.sql") {
		name = path.Base(path.Dir(file)) // Prisma and Diesel number the folder
	}
	if strings.HasPrefix(strings.ToUpper(name), "R__") {
		return order{class: 2}
	}
	parts := leading.FindStringSubmatch(name)
	if parts == nil {
		return order{class: 1}
	}
	key := order{}
	for digits := range strings.FieldsFuncSeq(parts[1], func(r rune) bool { return r == '.' || r == '_' }) {
		var number int64
		for _, digit := range digits[:min(len(digits), 18)] {
			number = number*10 + int64(digit-'0')
		}
		key.numbers = append(key.numbers, number)
	}
	return key
}

// Numbered reports whether a file is one of a sequence: its name, or that of its folder
// where the tool numbers folders, begins with a number, or Flyway repeats it.
func Numbered(file string) bool { return orderOf(file).class != 1 }
