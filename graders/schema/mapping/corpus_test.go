package mapping_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
)

// labelled is a schema of the corpus with the roles that its author gave to its tables.
type labelled struct {
	name   string
	schema live.Schema
	roles  map[mapping.Role]string // "-" is none
	open   map[mapping.Role]bool   // "?": more than one answer is right
}

// readCorpus reads a folder of schemas in our own notation: after a comment, lines
// "role: table"; after "--", lines "table: column type[!] [pk] [u] [>target[.column]], …",
// where ! is NOT NULL and u is UNIQUE; "fk(a b >target)" is a key of several columns.
func readCorpus(t *testing.T, folder string) []labelled {
	t.Helper()
	files, err := fs.Glob(os.DirFS("testdata"), folder+"/*.schema")
	require.NoError(t, err)
	corpus := make([]labelled, 0, len(files))
	for _, file := range files {
		content, err := os.ReadFile(path.Join("testdata", file))
		require.NoError(t, err)
		corpus = append(corpus, parse(t, strings.TrimSuffix(path.Base(file), ".schema"), string(content)))
	}
	return corpus
}

func parse(t *testing.T, name, content string) labelled {
	t.Helper()
	head, body, found := strings.Cut(content, "\n--\n")
	require.True(t, found, "%s: no line -- between roles and tables", name)
	made := labelled{name: name, roles: map[mapping.Role]string{}, open: map[mapping.Role]bool{}}
	for line := range strings.Lines(head) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		role, table, found := strings.Cut(line, ": ")
		require.True(t, found, "%s: %s", name, line)
		if table == "?" {
			made.open[mapping.Role(role)] = true
			continue
		}
		made.roles[mapping.Role(role)] = table
	}
	for line := range strings.Lines(body) {
		if line = strings.TrimSpace(line); line != "" {
			made.schema.Tables = append(made.schema.Tables, parseTable(t, line))
		}
	}
	for i := range made.schema.Tables {
		complete(t, made.schema, &made.schema.Tables[i])
	}
	slices.SortFunc(made.schema.Tables, func(a, b live.Table) int {
		return strings.Compare(a.Schema+"."+a.Name.Name, b.Schema+"."+b.Name.Name)
	})
	for role, table := range made.roles {
		require.Contains(t, slices.Concat(mapping.Core(), mapping.Secondary()), role, name)
		_, exists := made.schema.Table(nameOf(table))
		require.True(t, exists || table == "-", "%s: no table %s", name, table)
	}
	for _, role := range mapping.Core() {
		require.True(t, made.roles[role] != "" || made.open[role], "%s: no label for %s", name, role)
	}
	return made
}

func nameOf(text string) live.Name {
	if schema, name, found := strings.Cut(text, "."); found {
		return live.Name{Schema: schema, Name: name}
	}
	return live.Name{Schema: "public", Name: text}
}

func parseTable(t *testing.T, line string) live.Table {
	t.Helper()
	name, rest, found := strings.Cut(line, ": ")
	require.True(t, found, line)
	table := live.Table{Name: nameOf(name)}
	var primary []string
	for part := range strings.SplitSeq(rest, ", ") {
		if inner, isKey := strings.CutPrefix(part, "fk("); isKey {
			words := strings.Fields(strings.TrimSuffix(inner, ")"))
			target := strings.TrimPrefix(words[len(words)-1], ">")
			table.ForeignKeys = append(table.ForeignKeys, live.ForeignKey{Columns: words[:len(words)-1], Target: nameOf(target), Valid: true})
			continue
		}
		words := strings.Fields(part)
		require.GreaterOrEqual(t, len(words), 2, line)
		base, notNull := strings.CutSuffix(words[1], "!")
		column := live.Column{Name: words[0], Number: len(table.Columns) + 1, NotNull: notNull, Modifier: -1}
		column.Base, column.Category = typed(base)
		column.Type = column.Base
		for _, flag := range words[2:] {
			switch {
			case flag == "pk":
				primary = append(primary, column.Name)
				column.NotNull = true
			case flag == "u":
				table.Keys = append(table.Keys, live.Key{Name: name + "_" + column.Name + "_key", Columns: []string{column.Name}})
			case strings.HasPrefix(flag, ">"):
				table.ForeignKeys = append(table.ForeignKeys, live.ForeignKey{Columns: []string{column.Name}, Target: nameOf(flag[1:]), Valid: true})
			default:
				require.Fail(t, "unknown flag", "%s in %s", flag, line)
			}
		}
		table.Columns = append(table.Columns, column)
	}
	if primary != nil {
		table.Keys = append([]live.Key{{Name: name + "_pkey", Columns: primary, Primary: true}}, table.Keys...)
	}
	return table
}

func typed(base string) (name, category string) {
	switch base {
	case "serial":
		return "int4", "N"
	case "int2", "int4", "int8", "numeric", "float4", "float8", "money":
		return base, "N"
	case "text", "varchar", "bpchar", "citext":
		return base, "S"
	case "timestamp", "timestamptz", "date", "time":
		return base, "D"
	case "bool":
		return base, "B"
	case "uuid", "jsonb", "json", "bytea", "xml":
		return base, "U"
	}
	if strings.HasPrefix(base, "_") {
		return base, "A"
	}
	return base, "E"
}

// complete names foreign keys and finds the keys that they refer to.
func complete(t *testing.T, schema live.Schema, table *live.Table) {
	t.Helper()
	for i := range table.ForeignKeys {
		key := &table.ForeignKeys[i]
		target, found := schema.Table(key.Target)
		require.True(t, found, "%s refers to %s", table.Name, key.Target)
		key.TargetKey = target.PrimaryKey()
		key.Name = fmt.Sprintf("%s_%s_fkey", table.Name.Name, strings.Join(key.Columns, "_"))
	}
}
