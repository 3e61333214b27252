package build

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

var (
	migrationFolder = regexp.MustCompile(`(?i)^(?:migrations?|migrate|migration_files|sqlmigrations|drizzle)$`)
	schemaFolder    = regexp.MustCompile(`(?i)^(?:db|sql|database|schema|schemas|init|initdb|init-db|initdb\.d|docker-entrypoint-initdb\.d|postgres|postgresql|pg|ddl|scripts|data|docker|resources|src|models|config|storage|store)$`)
	schemaFile      = regexp.MustCompile(`(?i)^(?:\d+[-_.]?)?(?:schema|init|ddl|structure|database|db|tables?|create[-_]?\w*|setup|initdb|init[-_]db|init[-_]\w+|todos?|tasks?|model|script)\.sql$`)
	mysqlOnly       = regexp.MustCompile("(?i)\\bauto_increment\\b|\\bengine\\s*=\\s*innodb|^\\s*create\\s+table[^;]*`|\\bautoincrement\\b")
)

// sqlMigration applies plain SQL whose tool is not in the image: a folder of migrations,
// or the schema file that a reader would be told to load with psql.
func (p *planner) sqlMigration() *takehome.Migration {
	files, by := p.plainSQL()
	if len(files) == 0 {
		return nil
	}
	if by, self := p.appliesItself(files); self {
		p.note("%s", by)
		return nil
	}
	made := &takehome.Migration{Source: "detected: " + takehome.Line(by)}
	p.addFiles(made, files)
	if len(made.Files) == 0 {
		return nil
	}
	return made
}

// sqlText reads a file of SQL, as long as all of them together are not out of proportion.
func (p *planner) sqlText(file string) (string, bool) {
	const most = 12 << 20
	if p.sqlSize > most {
		p.note("the SQL files are larger than %d MiB together; the rest was not looked at", most>>20)
		return "", false
	}
	raw, ok := p.files.Bytes(file, sqlscript.SizeLimit)
	p.sqlSize += len(raw)
	return string(raw), ok
}

// plainSQL finds the files and what they were recognised by.
func (p *planner) plainSQL() (files []string, by string) {
	for _, folder := range p.searchFolders() {
		if found, ok := p.migrationsBelow(folder); ok {
			return p.sqlIn(found), found
		}
		if found := p.schemaBelow(folder); len(found) > 0 {
			return found, found[0]
		}
	}
	return nil, ""
}

// searchFolders are the program's folder and, for a mono-repository, the root.
func (p *planner) searchFolders() []string {
	if p.folder == p.home {
		return []string{p.home}
	}
	return []string{p.folder, p.home}
}

// migrationsBelow finds the shallowest folder of migrations written in SQL.
func (p *planner) migrationsBelow(below string) (string, bool) {
	best := ""
	for _, file := range p.files.Under(below) {
		if !sqlscript.IsUp(file.Path) || p.foreignTo(below, file.Path) {
			continue
		}
		for at := path.Dir(file.Path); at != "." && at != below; at = path.Dir(at) {
			if migrationFolder.MatchString(path.Base(at)) && (best == "" || strings.Count(at, "/") < strings.Count(best, "/")) {
				best = at
			}
		}
	}
	return best, best != ""
}

// sqlIn lists the migrations of a folder in the order of their tool. Prisma and Diesel keep
// each in a folder of its own.
func (p *planner) sqlIn(folder string) []string {
	var files []string
	for _, file := range p.files.Under(folder) {
		if !sqlscript.IsUp(file.Path) || sqlscript.IsSeed(path.Base(file.Path)) {
			continue
		}
		direct := path.Dir(file.Path) == folder
		nested := path.Dir(path.Dir(file.Path)) == folder &&
			(path.Base(file.Path) == "migration.sql" || path.Base(file.Path) == "up.sql" || !p.hasDirectSQL(folder))
		if direct || nested {
			files = append(files, file.Path)
		}
	}
	sqlscript.Sort(files)
	return files
}

func (p *planner) hasDirectSQL(folder string) bool {
	return slices.ContainsFunc(p.files.Names(folder), sqlscript.IsUp)
}

// schemaBelow finds the schema: one file with a telling name, the only file that creates
// tables, or a folder of numbered ones.
func (p *planner) schemaBelow(below string) []string {
	var named, creating []string
	for _, file := range p.files.Under(below) {
		if !sqlscript.IsUp(file.Path) || sqlscript.IsSeed(file.Path) || p.foreignTo(below, file.Path) || !p.inSchemaFolder(below, file.Path) {
			continue
		}
		text, ok := p.sqlText(file.Path)
		switch {
		case !ok || len(sqlscript.Tables(text)) == 0:
			continue
		case mysqlOnly.MatchString(text):
			p.note("%s is written for another database, and was left out", file.Path)
			continue
		}
		creating = append(creating, file.Path)
		if schemaFile.MatchString(path.Base(file.Path)) {
			named = append(named, file.Path)
		}
	}
	switch {
	case len(creating) <= 1:
		return creating
	case sameFolder(creating) && allNumbered(creating):
		sqlscript.Sort(creating)
		return creating
	case len(named) > 0:
		slices.SortStableFunc(named, func(a, b string) int { return schemaRank(a) - schemaRank(b) })
		return named[:1]
	case sameFolder(creating):
		return creating
	}
	p.note("%d SQL files create tables and none of them stands out; name one in takehome.yaml (start.migrate.files)", len(creating))
	return nil
}

func schemaRank(name string) int {
	const step = 10
	rank := strings.Count(name, "/")
	for _, word := range []string{"schema", "init", "database", "create", "tables"} {
		if strings.Contains(strings.ToLower(path.Base(name)), word) {
			return rank
		}
		rank += step
	}
	return rank
}

var startsWithNumber = regexp.MustCompile(`^[vV]?\d`)

func allNumbered(files []string) bool {
	return !slices.ContainsFunc(files, func(file string) bool { return !startsWithNumber.MatchString(path.Base(file)) })
}

func sameFolder(files []string) bool {
	return !slices.ContainsFunc(files, func(file string) bool { return path.Dir(file) != path.Dir(files[0]) })
}

// inSchemaFolder reports whether every folder on the way to a file is one where schemas
// are kept.
func (p *planner) inSchemaFolder(below, name string) bool {
	for at := path.Dir(name); at != "." && at != below; at = path.Dir(at) {
		if !schemaFolder.MatchString(path.Base(at)) {
			return false
		}
	}
	return true
}

// foreignTo reports a file of another program, where the search is at the root.
func (p *planner) foreignTo(below, name string) bool {
	if below == p.folder {
		return p.inFrontend(name)
	}
	for at := path.Dir(name); at != "." && at != p.home; at = path.Dir(at) {
		if at != p.folder && (isFrontendName(path.Base(at)) || asideName.MatchString(path.Base(at)) && !schemaFolder.MatchString(path.Base(at))) {
			return true
		}
	}
	return false
}

// appliesItself reports whether the program runs the files at its start, or makes their
// tables with statements of its own. Where it makes only some of them, the files are
// applied: what it creates beside them stands in its own IF NOT EXISTS.
func (p *planner) appliesItself(files []string) (why string, self bool) {
	for _, file := range files {
		if reader, ok := p.facts.Mentions(path.Base(file), p.isScript); ok {
			return takehome.Line(reader) + " applies " + takehome.Line(file) + " itself", true
		}
	}
	folder := path.Dir(files[0])
	if reader, ok := p.facts.ReadsFolder(folder, p.isScript); ok && folder != "." {
		return takehome.Line(reader) + " applies the files of " + takehome.Line(folder) + " itself", true
	}
	own := p.facts.Tables(p.isScript)
	var wanted []string
	for _, file := range files {
		if text, ok := p.sqlText(file); ok {
			wanted = append(wanted, sqlscript.Tables(text)...)
		}
	}
	missing := slices.ContainsFunc(wanted, func(table string) bool { return !slices.Contains(own, table) })
	if len(wanted) > 0 && !missing {
		return "the program creates the tables of " + takehome.Line(files[0]) + " itself", true
	}
	return "", false
}
