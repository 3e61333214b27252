package ddl

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// What is read at most of a submission.
const (
	maxFiles = 400
	maxBytes = 8 << 20 // of all files of SQL together
)

// Find looks for the SQL of a submission: in the files that takehome.yaml names, or else
// wherever it is. A submission without any is an answer.
func Find(dir string) (Source, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Source{}, fmt.Errorf("open the submission: %w", err)
	}
	defer func() { _ = root.Close() }() // opened for reading
	search := &search{files: root.FS(), source: Source{all: map[string]File{}}}
	if err := search.list(); err != nil {
		return Source{}, fmt.Errorf("look for the SQL of the submission: %w", err)
	}
	declared, err := search.declared()
	if err != nil {
		return Source{}, err
	}
	if !declared {
		search.recognise()
	}
	if len(search.source.Files) == 0 {
		search.fromMarkdown()
	}
	if len(search.source.Files) == 0 {
		search.source.Missing = search.instead()
	}
	return search.source, nil
}

// search is one search through a submission.
type search struct {
	files    fs.FS
	paths    []string // of SQL, sorted
	markdown []string
	others   []string // files that tell what is there instead of SQL
	bytes    int
	source   Source
}

func (s *search) note(format string, args ...any) {
	s.source.Notes = append(s.source.Notes, fmt.Sprintf(format, args...))
}

// foreignFolders hold what other people wrote.
var foreignFolders = []string{"node_modules", "vendor", ".git", "venv", ".venv", "__pycache__", "target", ".idea", ".vscode"}

// list finds and reads every file of SQL.
func (s *search) list() error {
	err := fs.WalkDir(s.files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(foreignFolders, entry.Name()):
			return fs.SkipDir
		case entry.Type().IsRegular():
			s.sort(name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.Sort(s.paths)
	if len(s.paths) > maxFiles {
		s.note("there are %d files of SQL; the first %d were looked at", len(s.paths), maxFiles)
		s.paths = s.paths[:maxFiles]
	}
	for _, name := range s.paths {
		if err := s.read(name); err != nil {
			return err
		}
	}
	return nil
}

func (s *search) sort(name string) {
	base := strings.ToLower(path.Base(name))
	switch path.Ext(base) {
	case ".sql", ".ddl", ".pgsql", ".psql":
		s.paths = append(s.paths, name)
	case ".md", ".markdown":
		s.markdown = append(s.markdown, name)
	case ".gz", ".zip", ".xz", ".dump", ".prisma", ".dbml", ".mwb", ".py", ".ts", ".rb", ".java", ".js", ".go", ".cs", ".php":
		s.others = append(s.others, name)
	}
}

// read reads one file of SQL, as far as it is read.
func (s *search) read(name string) error {
	raw, err := readUpTo(s.files, name, sqlscript.SizeLimit+1)
	if err != nil {
		return err
	}
	switch {
	case len(raw) > sqlscript.SizeLimit:
		s.note("%s: larger than %d MiB, and left out", takehome.Line(name), sqlscript.SizeLimit>>20)
		return nil
	case s.bytes+len(raw) > maxBytes:
		s.note("%s: the files of SQL are larger than %d MiB together; this one was left out", takehome.Line(name), maxBytes>>20)
		return nil
	}
	s.bytes += len(raw)
	text, encoding := decode(raw)
	if encoding != "" {
		s.note("%s: it is written in %s, and was read as such", takehome.Line(name), encoding)
	}
	s.source.all[name] = fileOf(name, text)
	return nil
}

func readUpTo(files fs.FS, name string, limit int64) ([]byte, error) {
	opened, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open a file of the submission: %w", err)
	}
	defer func() { _ = opened.Close() }() // opened for reading
	raw, err := io.ReadAll(io.LimitReader(opened, limit))
	if err != nil {
		return nil, fmt.Errorf("read a file of the submission: %w", err)
	}
	return raw, nil
}

// fileOf takes the half of a file that leads up, and remembers where it begins.
func fileOf(name, text string) File {
	up := sqlscript.Up(text)
	line := 1
	if at := strings.Index(text, up); at > 0 {
		line += strings.Count(text[:at], "\n")
	}
	return File{Path: name, Text: up, Line: line}
}

// fromMarkdown takes SQL that is written between the fences of a Markdown file.
func (s *search) fromMarkdown() {
	slices.SortFunc(s.markdown, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), cmp.Compare(a, b))
	})
	for _, name := range s.markdown[:min(len(s.markdown), maxFiles)] {
		raw, err := readUpTo(s.files, name, sqlscript.SizeLimit)
		if err != nil {
			continue // it is only a last resort
		}
		text, _ := decode(raw)
		if sql := fenced(text); len(sqlscript.Tables(sql)) > 0 {
			s.source.Files = []File{{Path: name, Text: sql, Line: 1}}
			s.source.Layout = "the SQL in " + takehome.Line(name)
			s.note("no file of SQL was found; the SQL was taken from %s", takehome.Line(name))
			return
		}
	}
}

// fenced keeps the lines between ```sql and ```, and blanks the others, so that lines keep
// their numbers.
func fenced(text string) string {
	var out strings.Builder
	inside := false
	for line := range strings.Lines(text) {
		trimmed := strings.ToLower(strings.TrimSpace(line))
		switch {
		case inside && strings.HasPrefix(trimmed, "```"):
			inside = false
		case strings.HasPrefix(trimmed, "```sql"), strings.HasPrefix(trimmed, "```postgres"), strings.HasPrefix(trimmed, "```pgsql"):
			inside = true
		case inside:
			out.WriteString(line)
			continue
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// instead says what a submission without SQL holds.
func (s *search) instead() string {
	slices.Sort(s.others)
	for _, kind := range []struct{ suffix, words string }{
		{".prisma", "describes it for Prisma: hand in the SQL that prisma migrate makes of it"},
		{".gz", "is packed: hand in the SQL itself"},
		{".zip", "is packed: hand in the SQL itself"},
		{".xz", "is packed: hand in the SQL itself"},
		{".dump", "is a dump that only pg_restore reads: hand in the SQL that pg_restore -f makes of it"},
		{".mwb", "is a model of MySQL Workbench: hand in SQL for PostgreSQL"},
		{".dbml", "is a diagram: hand in the SQL that dbml2sql makes of it, or your own"},
	} {
		for _, name := range s.others {
			if strings.HasSuffix(strings.ToLower(name), kind.suffix) {
				return takehome.Line(name) + " " + kind.words
			}
		}
	}
	switch {
	case len(s.paths) > 0:
		return "the files of SQL create no table: " + listed(s.paths, 3)
	case len(s.others) > 0:
		return "there is only code, such as " + takehome.Line(s.others[0]) + ": hand in the SQL that it makes"
	}
	return "there is no file of SQL"
}

// listed shows the first few of a list.
func listed(names []string, most int) string {
	var shown []string
	for _, name := range names[:min(len(names), most)] {
		shown = append(shown, takehome.Line(name))
	}
	text := strings.Join(shown, ", ")
	if len(names) > most {
		text += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return text
}
