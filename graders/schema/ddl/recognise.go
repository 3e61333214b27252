package ddl

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// part is what is applied or left out as a whole: the numbered files of a folder, or one
// file without a number.
type part struct {
	files    []File
	folder   string
	numbered bool
	tables   []string // that it creates
	makes    []string // types, domains, functions and schemas that it creates
	mentions []string // tables that it refers to
	words    map[string]bool
	prepares bool // it does nothing but add extensions
	defines  bool // it makes or changes an object
	foreign  bool // it is written for another system
}

// recognise finds out what of the SQL is the schema. It goes by what files create: the
// part with the most tables is the schema, every part that adds others belongs to it, and
// one that makes the same tables once more (a dump beside its migrations, a twin for MySQL)
// does not.
func (s *search) recognise() {
	parts := s.parts()
	var chosen []part
	covered := map[string]string{}
	for _, each := range parts {
		name := each.name()
		if !each.defines {
			s.note("%s: it defines nothing and was left out", name)
			continue
		}
		if twin := overlap(each, covered); twin != "" {
			s.note("%s: it creates tables that %s creates as well, and was left out", name, twin)
			continue
		}
		if each.foreign && len(chosen) > 0 {
			s.note("%s: it is written for another system, and was left out", name)
			continue
		}
		chosen = append(chosen, each)
		for _, table := range each.tables {
			covered[table] = name
		}
	}
	if len(covered) == 0 && !slices.ContainsFunc(chosen, func(p part) bool { return p.foreign }) {
		return
	}
	for _, each := range inOrder(chosen) {
		s.source.Files = append(s.source.Files, each.files...)
	}
	s.source.Versioned = len(chosen) == 1 && chosen[0].numbered && len(chosen[0].files) > 1
	s.source.Layout = layout(chosen)
}

func layout(chosen []part) string {
	var names []string
	for _, each := range chosen {
		names = append(names, each.name())
	}
	return listed(names, 4)
}

func (p part) name() string {
	if len(p.files) == 1 {
		return takehome.Line(p.files[0].Path)
	}
	where := "the root folder"
	if p.folder != "." {
		where = takehome.Line(p.folder)
	}
	return fmt.Sprintf("%d numbered files in %s", len(p.files), where)
}

// parts are the candidates, the one that is most likely the schema first.
func (s *search) parts() []part {
	numbered := map[string][]string{}
	var parts []part
	included := s.included()
	for _, name := range s.paths {
		file, ok := s.source.all[name]
		switch {
		case !ok || included[name] || !sqlscript.IsUp(withSQL(name)):
		case sqlscript.IsSeed(name):
			s.note("%s: it only fills tables, and was left out", takehome.Line(name))
		case sqlscript.Numbered(name):
			folder := sequenceFolder(name)
			numbered[folder] = append(numbered[folder], name)
		default:
			parts = append(parts, s.part(path.Dir(name), false, file))
		}
	}
	for folder, names := range numbered {
		sqlscript.Sort(names)
		var files []File
		for _, name := range names {
			files = append(files, s.source.all[name])
		}
		parts = append(parts, s.part(folder, true, files...))
	}
	slices.SortFunc(parts, func(a, b part) int {
		return cmp.Or(
			compareBools(a.foreign, b.foreign),
			cmp.Compare(b.rank(), a.rank()),
			compareBools(!a.numbered, !b.numbered),
			cmp.Compare(strings.Count(a.files[0].Path, "/"), strings.Count(b.files[0].Path, "/")),
			cmp.Compare(a.files[0].Path, b.files[0].Path),
		)
	})
	return parts
}

// rank prefers migrations to the dump that their tool keeps beside them, in which its own
// table is one more.
func (p part) rank() int {
	if p.numbered && len(p.tables) > 0 {
		return len(p.tables) + 1
	}
	return len(p.tables)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// sequenceFolder is the folder in which a file is one of a sequence. Prisma and Diesel give
// every migration a folder of its own.
func sequenceFolder(name string) string {
	folder := path.Dir(name)
	switch strings.ToLower(path.Base(name)) {
	case "migration.sql", "up.sql":
		return path.Dir(folder)
	}
	return folder
}

// Where a statement, in lower case, makes something that tables need, and where it names a
// table.
var (
	makes     = regexp.MustCompile(`^create\s+(?:or\s+replace\s+)?(?:type|domain|function|schema|sequence|collation)\s+(?:if\s+not\s+exists\s+)?(?:"?\w+"?\.)?"?(\w+)`)
	mentioned = regexp.MustCompile(`\b(?:references|on|table|into|from|join|update|of)\s+(?:only\s+|if\s+(?:not\s+)?exists\s+)*(?:"?\w+"?\.)?"?(\w+)`)
	word      = regexp.MustCompile(`\w+`)
)

// maxMentions is how many names of one statement are looked at.
const maxMentions = 400

func (s *search) part(folder string, numbered bool, files ...File) part {
	made := part{files: files, folder: folder, numbered: numbered, words: map[string]bool{}}
	for _, file := range files {
		made.add(s, file, map[string]bool{})
	}
	made.prepares = made.prepares && !made.defines
	made.defines = made.defines || made.prepares
	slices.Sort(made.mentions)
	made.mentions = slices.Compact(made.mentions)
	return made
}

// add looks into a file, and once into those that it includes.
func (p *part) add(s *search, file File, known map[string]bool) {
	known[file.Path] = true
	p.tables = append(p.tables, sqlscript.Tables(file.Text)...)
	if dialect, _ := dialectOf(file.Text); dialect != "" {
		p.foreign = true
	}
	for _, statement := range sqlscript.Statements(file.Text) {
		p.defines = p.defines || statement.DefinesSchema()
		p.prepares = p.prepares || statement.Class() == sqlscript.Extension
		bare := strings.ToLower(statement.Bare())
		if made := makes.FindStringSubmatch(bare); made != nil {
			p.makes = append(p.makes, made[1])
		}
		for _, each := range mentioned.FindAllStringSubmatch(bare, maxMentions) {
			p.mentions = append(p.mentions, each[1])
		}
		for _, each := range word.FindAllString(bare, maxMentions) {
			p.words[each] = true
		}
		if target, ok := s.source.includedBy(file, statement); ok && !known[target.Path] {
			p.add(s, target, known)
		}
	}
}

// included are the files that another one includes: they are no parts of their own.
func (s *search) included() map[string]bool {
	found := map[string]bool{}
	for _, name := range s.paths {
		for _, statement := range sqlscript.Statements(s.source.all[name].Text) {
			if target, ok := s.source.includedBy(s.source.all[name], statement); ok && target.Path != name {
				found[target.Path] = true
			}
		}
	}
	if len(found) == len(s.paths) { // they go round in a circle
		return nil
	}
	return found
}

var includes = regexp.MustCompile(`^\\(?:i|ir|include|include_relative)\s+'?([^'\s]+)'?\s*;?$`)

// includedBy is the file that a command of psql includes, from the folder of the file that
// it is in, or from the root.
func (s Source) includedBy(file File, statement sqlscript.Statement) (File, bool) {
	if statement.Kind != sqlscript.Psql {
		return File{}, false
	}
	named := includes.FindStringSubmatch(statement.Text)
	if named == nil {
		return File{}, false
	}
	for _, name := range []string{path.Join(path.Dir(file.Path), named[1]), path.Clean(strings.TrimPrefix(named[1], "/"))} {
		if target, ok := s.all[name]; ok {
			return target, true
		}
	}
	return File{}, false
}

func overlap(each part, covered map[string]string) string {
	for _, table := range each.tables {
		if twin, ok := covered[table]; ok {
			return twin
		}
	}
	return ""
}

// inOrder puts a part behind those whose tables it mentions; where two mention each other,
// names decide, those that create tables first.
func inOrder(parts []part) []part {
	slices.SortStableFunc(parts, func(a, b part) int {
		return cmp.Or(
			compareBools(!a.prepares, !b.prepares),
			compareBools(len(a.tables) == 0, len(b.tables) == 0),
			cmp.Compare(a.files[0].Path, b.files[0].Path),
		)
	})
	var ordered []part
	left := slices.Clone(parts)
	for len(left) > 0 {
		next := slices.IndexFunc(left, func(p part) bool { return !waits(p, left) })
		ordered = append(ordered, left[max(next, 0)])
		left = slices.Delete(left, max(next, 0), max(next, 0)+1)
	}
	return ordered
}

// waits reports whether a part needs what another one makes that is not yet applied.
func waits(p part, left []part) bool {
	for _, other := range left {
		if other.files[0].Path == p.files[0].Path {
			continue
		}
		for _, table := range other.tables {
			if _, found := slices.BinarySearch(p.mentions, table); found {
				return true
			}
		}
		for _, each := range other.makes {
			if p.words[each] && !slices.Contains(p.makes, each) {
				return true
			}
		}
	}
	return false
}
