package build

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/compose"
	"github.com/takehome-dev/takehome/internal/build/language"
	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// migration finds what has to happen to the empty database before the program starts. The
// rule is: what the repository declares is done; what it only holds is done where nothing
// shows that the program does it itself. Doing too much is the greater danger: a
// program that creates its tables without IF NOT EXISTS, or a migration that meets
// tables which somebody else made, does not start at all.
func (p *planner) migration(command []string) *takehome.Migration {
	if p.manifest.Migrate.Given {
		return p.manifestMigration()
	}
	found := p.composeMigration()
	if found != nil && len(found.Command) > 0 {
		return found
	}
	if release, ok := p.procfile("release"); ok && migrates.MatchString(strings.Join(release, " ")+p.packageText(release)) {
		return withCommand(found, release, "Procfile: release", true)
	}
	if text := p.startText(command); migrates.MatchString(text) {
		p.note("the start command brings the database up to date itself")
		return found
	}
	if framework, ok := p.frameworkMigrates(); ok {
		p.note("%s brings the database up to date when the program starts", framework)
		return found
	}
	if makers := p.facts.Makers(p.isScript); len(makers) > 0 {
		p.note("the program makes its tables itself: %s", makers[0])
		return found
	}
	if recognised, by := p.migrationCommand(); recognised != nil {
		return withCommand(found, recognised, by, false)
	}
	if found != nil {
		return found
	}
	return p.sqlMigration()
}

var (
	flywayOff     = regexp.MustCompile(`(?m)flyway[\w.]*enabled\s*[:=]\s*false|flyway:\s*\n\s+enabled:\s*false`)
	sqlInit       = regexp.MustCompile(`(?m)sql\.init\.mode\s*[:=]\s*always|init:\s*\n\s+mode:\s*always|initialization-mode\s*[:=]\s*always`)
	jvmBuildFiles = []string{"pom.xml", "build.gradle", "build.gradle.kts"}
)

// frameworkMigrates knows the frameworks on the JVM that run their migrations without a
// line of code.
func (p *planner) frameworkMigrates() (string, bool) {
	if language.Name(p.files, p.folder) != "java" {
		return "", false
	}
	for _, name := range jvmBuildFiles {
		text, _ := p.files.Text(path.Join(p.folder, name))
		for _, tool := range []string{"flyway", "liquibase"} {
			if _, off := p.facts.Find(flywayOff); strings.Contains(text, tool) && (tool != "flyway" || !off) {
				return tool, true
			}
		}
	}
	if _, ok := p.facts.Find(sqlInit); ok {
		return "Spring (spring.sql.init.mode)", true
	}
	return "", false
}

// migrates is a command line that changes the schema of a database.
var migrates = regexp.MustCompile(`(?i)\bmigrat(?:e|ion|ions)\b|\bmigrate:|:migrate\b|\bmigration:run|\balembic\s+(?:-\S+\s+\S+\s+)*upgrade|\bdb\s+upgrade|\bdb\s+push|\bdb:(?:push|setup|prepare|init|sync|schema)|\bgoose\b|\bdbmate\b|\bflyway\b|\bliquibase\b|\bdrizzle-kit\s+push|\bpsql\b[^\n]*\.sql|\baerich\s+upgrade|\binit[-_]?db\b|\bcreate[-_]tables?\b`)

func withCommand(found *takehome.Migration, command []string, by string, declared bool) *takehome.Migration {
	if found == nil {
		found = &takehome.Migration{}
	} else {
		by = found.Source + "; " + by
		declared = declared || found.Declared
	}
	found.Command, found.Source, found.Declared = command, by, declared
	return found
}

func (p *planner) packageText(command []string) string {
	pkg, ok := language.ReadPackage(p.files, p.folder)
	if !ok {
		return ""
	}
	return pkg.ExpandedCommand(strings.Join(command, " "))
}

func (p *planner) manifestMigration() *takehome.Migration {
	declared := p.manifest.Migrate
	made := &takehome.Migration{Source: "takehome.yaml", Declared: true}
	if runnable(declared.Command) {
		made.Command = declared.Command
	}
	var files []string
	for _, name := range declared.Files {
		full, ok := p.declaredFile(name)
		if !ok {
			p.note("takehome.yaml names the migration %q, which is not there", name)
			continue
		}
		if p.files.HasFolder(full) {
			files = append(files, p.sqlIn(full)...)
		} else {
			files = append(files, full)
		}
	}
	p.addFiles(made, files)
	if len(made.Command) == 0 && len(made.Files) == 0 {
		return nil
	}
	return made
}

// declaredFile finds a file or folder that takehome.yaml names, from the program's folder
// or from the root.
func (p *planner) declaredFile(name string) (string, bool) {
	for _, folder := range []string{p.folder, p.home} {
		if full, ok := underFolder(folder, name); ok && (p.files.HasFolder(full) || p.files.Has(full)) {
			return full, true
		}
	}
	return "", false
}

// addFiles reads files of SQL and takes what of them leads up.
func (p *planner) addFiles(to *takehome.Migration, files []string) {
	for _, file := range files {
		text, ok := p.sqlText(file)
		if !ok || slices.Contains(to.Files, file) {
			continue
		}
		scripts, notes := sqlscript.Scripts(file, text)
		for _, line := range notes {
			p.note("%s", line)
		}
		if len(scripts) == 0 {
			continue
		}
		to.Files = append(to.Files, file)
		to.Scripts = append(to.Scripts, scripts...)
	}
}

// composeMigration is what the compose file does to its database: scripts of the first
// start, a migration tool, a job from the program's own image.
func (p *planner) composeMigration() *takehome.Migration {
	c := p.compose
	made := &takehome.Migration{Declared: true}
	var files []string
	for _, mount := range c.init {
		full, ok := underFolder(c.folder, mount.Source)
		switch {
		case !ok:
		case p.files.HasFolder(full):
			files = append(files, p.initScripts(full)...)
		case path.Ext(full) == ".sql":
			files = append(files, full)
		default:
			p.note("%s: the script %q of the database's first start is not SQL, and was left out", c.path, mount.Source)
		}
	}
	slices.SortStableFunc(files, func(a, b string) int { return strings.Compare(path.Base(a), path.Base(b)) })
	p.addFiles(made, files)
	if len(made.Files) > 0 {
		made.Source = c.path + ": " + compose.InitFolder
	}
	for _, service := range c.migrate {
		p.composeJob(made, service)
	}
	if len(made.Files) == 0 && len(made.Command) == 0 {
		return nil
	}
	return made
}

// initScripts lists a folder of scripts in the order in which the Postgres image runs them:
// by name, and only those directly in it.
func (p *planner) initScripts(folder string) []string {
	var files []string
	for _, name := range p.files.Names(folder) {
		switch path.Ext(name) {
		case ".sql":
			files = append(files, path.Join(folder, name))
		case ".sh", ".gz", ".xz", ".zst":
			p.note("%s: a script of the database's first start is not SQL, and was left out", path.Join(folder, name))
		}
	}
	return files
}

// composeJob takes over a service that prepares the database.
func (p *planner) composeJob(made *takehome.Migration, service compose.Service) {
	by := p.compose.path + ": service " + service.Name
	var folders []string
	for _, mount := range service.Mounts {
		folders = append(folders, mount.Source)
	}
	if build := service.Build; build != nil {
		own := p.compose.program.Build
		if own != nil && own.Context == build.Context && own.Dockerfile == build.Dockerfile {
			if len(service.Command) > 0 && runnable(service.Command) && len(made.Command) == 0 {
				made.Command = withOurDatabase(service.Command)
				made.Source = joinSources(made.Source, by)
				made.Declared = own.Target == build.Target // another stage may hold what the program's lacks
			}
			return
		}
		folders = []string{build.Context}
	}
	for _, name := range folders {
		folder, ok := underFolder(p.compose.folder, name)
		if !ok || !p.files.HasFolder(folder) {
			continue
		}
		if below, found := p.migrationsBelow(folder); found {
			folder = below
		}
		if files := p.sqlIn(folder); len(files) > 0 {
			p.addFiles(made, files)
			made.Source = joinSources(made.Source, by)
			return
		}
	}
	p.note("%s prepares the database from an image of its own, which is not built", by)
}

func joinSources(first, second string) string {
	if first == "" {
		return second
	}
	return first + "; " + second
}

// isScript reports a file that runs only when somebody calls it: a target of a package
// script other than the start, or part of another main package of a Go module.
func (p *planner) isScript(name string) bool {
	if p.scripts == nil {
		p.scripts = map[string]bool{}
		p.listScripts()
	}
	if p.scripts[name] {
		return true
	}
	return slices.ContainsFunc(p.goTools, func(folder string) bool { return strings.HasPrefix(name, folder+"/") })
}

var scriptFile = regexp.MustCompile(`\b(?:node|ts-node|tsx|babel-node|bun|python3?)\s+(?:-\S+\s+)*([\w./-]+)`)

func (p *planner) listScripts() {
	if language.Name(p.files, p.folder) == "go" {
		p.goTools = language.GoTools(p.project())
	}
	pkg, ok := language.ReadPackage(p.files, p.folder)
	if !ok {
		return
	}
	for name, script := range pkg.Scripts {
		if !migrates.MatchString(name+" "+script) && !strings.Contains(name, "seed") {
			continue
		}
		for _, parts := range scriptFile.FindAllStringSubmatch(script, 5) {
			target := path.Join(p.folder, parts[1])
			for _, full := range []string{target, target + ".js", target + ".ts"} {
				p.scripts[full] = true
			}
		}
	}
}
