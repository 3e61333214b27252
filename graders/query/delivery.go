package query

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// sizeLimit bounds a file that is read.
const sizeLimit = 1 << 20

// Delivery is what was handed in. A file that is missing has no path.
type Delivery struct {
	Query       File
	Indexes     File
	Settings    File
	Explanation File
	Notes       File // of another name that people give to an explanation

	// header are the settings before the query in query.sql, query is the one in it.
	header  []sqlscript.Statement
	strayed []sqlscript.Statement // DDL that was put beside the query
	queries []sqlscript.Statement // without what was written around them
	query   sqlscript.Statement   // where there is one alone
}

// File is one file of the submission, with its statements where it is SQL.
type File struct {
	Path       string // inside the submission, safe to show
	Text       string
	Statements []sqlscript.Statement
	Problem    string // why it could not be read: it is too large
}

// Found reports whether the file is there.
func (f File) Found() bool { return f.Path != "" }

// names are those that each file may have, the wanted one first. Case does not matter.
func names() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"query":       regexp.MustCompile(`(?i)^(optimi[sz]ed[-_]?)?query([-_]?optimi[sz]ed)?\.sql$`),
		"indexes":     regexp.MustCompile(`(?i)^(index(es)?|indices|ddl|schema[-_]changes)\.sql$`),
		"settings":    regexp.MustCompile(`(?i)^(settings?|config(uration)?)\.sql$`),
		"explanation": regexp.MustCompile(`(?i)^explanations?(\.(md|markdown|txt))?$`),
		"notes":       regexp.MustCompile(`(?i)^(readme|notes?|analysis|solution|report|changes|write[-_]?up)\.(md|markdown|txt)$`),
	}
}

// readDelivery looks for the files: the one nearest to the root counts, then the first by name.
func readDelivery(dir string) (Delivery, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Delivery{}, fmt.Errorf("open the submission: %w", err)
	}
	defer func() { _ = root.Close() }() // opened for reading
	var files []string
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
			return fs.SkipDir
		}
		if entry.Type().IsRegular() {
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("list the submission: %w", err)
	}
	slices.SortStableFunc(files, func(a, b string) int {
		if depth := strings.Count(a, "/") - strings.Count(b, "/"); depth != 0 {
			return depth
		}
		return strings.Compare(a, b)
	})
	var delivery Delivery
	patterns := names()
	for _, part := range []struct {
		name string
		into *File
	}{{"query", &delivery.Query}, {"indexes", &delivery.Indexes}, {"settings", &delivery.Settings}, {"explanation", &delivery.Explanation}, {"notes", &delivery.Notes}} {
		at := slices.IndexFunc(files, func(name string) bool { return patterns[part.name].MatchString(path.Base(name)) })
		if at < 0 {
			continue
		}
		if *part.into, err = readFile(root, files[at]); err != nil {
			return Delivery{}, err
		}
	}
	delivery.part()
	return delivery, nil
}

// part tells the query in query.sql from settings, and from DDL that belongs to indexes.sql.
func (d *Delivery) part() {
	for _, each := range unwrap(d.Query.Statements) {
		switch {
		case len(d.queries) == 0 && beginsWithSet.MatchString(each.Text):
			d.header = append(d.header, each)
		case makesIndex.MatchString(flattened(each.Text)):
			d.strayed = append(d.strayed, each)
		default:
			d.queries = append(d.queries, each)
		}
	}
	if len(d.queries) == 1 {
		d.query = d.queries[0]
	}
}

var (
	beginsWithSet = regexp.MustCompile(`(?i)^SET\s`)
	makesIndex    = regexp.MustCompile(`(?i)^(?:CREATE (?:UNIQUE )?INDEX|CREATE STATISTICS|CREATE EXTENSION|DROP INDEX)\b`)
)

// ddl is what was handed in to be run, wherever it stood.
func (d *Delivery) ddl() []sqlscript.Statement {
	all := slices.DeleteFunc(slices.Concat(d.Indexes.Statements, d.strayed), func(each sqlscript.Statement) bool { return each.Kind == sqlscript.Psql })
	return all[:min(len(all), maxStatements)]
}

// readFile reads one file of a stranger, up to a limit.
func readFile(root *os.Root, name string) (file File, err error) {
	opened, err := root.Open(name)
	if err != nil {
		return File{}, fmt.Errorf("open %s: %w", takehome.Line(name), err)
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	data, err := io.ReadAll(io.LimitReader(opened, sizeLimit+1))
	if err != nil {
		return File{}, fmt.Errorf("read %s: %w", takehome.Line(name), err)
	}
	file.Path = takehome.Line(name)
	if len(data) > sizeLimit {
		file.Problem = fmt.Sprintf("%s is larger than %d KiB and is not read", file.Path, sizeLimit>>10)
		return file, nil
	}
	text := strings.TrimPrefix(strings.ToValidUTF8(string(data), "\uFFFD"), "\uFEFF")
	file.Text = strings.ReplaceAll(text, "\x00", "\uFFFD")
	if strings.HasSuffix(strings.ToLower(name), ".sql") {
		file.Statements = sqlscript.Statements(file.Text)
	}
	return file, nil
}
