package build

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/compose"
	"github.com/takehome-dev/takehome/internal/build/dockerfile"
	"github.com/takehome-dev/takehome/internal/build/document"
	"github.com/takehome-dev/takehome/internal/build/dotenv"
	"github.com/takehome-dev/takehome/internal/build/language"
)

// composition is the compose file of a submission, sorted: which service is the program,
// which the database, which brings the database up to date.
type composition struct {
	path     string // "" where there is none
	folder   string
	file     compose.File
	program  compose.Service // Name is "" where none was found
	database compose.Database
	init     []compose.Mount   // scripts for the database's first start
	migrate  []compose.Service // services that prepare the database and end
}

// source names a service of the file, for a Setting.
func (c composition) source() string {
	return c.path + ": service " + c.program.Name
}

var composeVariant = regexp.MustCompile(`(?i)^(?:docker-)?compose[.-](\w+)\.ya?ml$`)

// readCompose finds the compose file: at the root, in the folder that takehome.yaml names,
// or in a folder where people put such files.
func (p *planner) readCompose() {
	folders := []string{p.home}
	if p.manifest.Folder != "" {
		folders = []string{path.Join(p.home, p.manifest.Folder), p.home}
	}
	for _, child := range p.files.Folders(p.home) {
		if name := path.Base(child); backendName.MatchString(name) || slices.Contains([]string{"docker", ".docker", "deploy", "deployment", "infra", "build"}, name) {
			folders = append(folders, child)
		}
	}
	for _, folder := range folders {
		if p.readComposeIn(path.Clean(folder)) {
			return
		}
	}
}

func (p *planner) readComposeIn(folder string) bool {
	names := p.composeFiles(folder)
	if len(names) == 0 {
		return false
	}
	var texts []string
	for _, name := range names {
		raw, ok := p.files.Bytes(name, document.SizeLimit)
		if !ok {
			continue
		}
		texts = append(texts, string(raw))
	}
	if len(texts) == 0 {
		return false
	}
	variables := p.composeVariables(folder)
	file, err := compose.Read(texts, func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	})
	if err != nil {
		p.note("%s was left out: %v", names[0], err)
		return false
	}
	p.compose = composition{path: names[0], folder: folder, file: file}
	p.sortServices()
	return true
}

// composeFiles lists the files that "docker compose up" would merge in a folder, or the
// one variant that is there.
func (p *planner) composeFiles(folder string) []string {
	main, ok := p.files.First(folder, "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
	if ok {
		files := []string{main}
		base, extension := strings.TrimSuffix(path.Base(main), path.Ext(main)), path.Ext(main)
		if override, ok := p.files.First(folder, base+".override"+extension, base+".override.yml", base+".override.yaml"); ok {
			files = append(files, override)
		}
		return files
	}
	var variants []string
	for _, name := range p.files.Names(folder) {
		if parts := composeVariant.FindStringSubmatch(name); parts != nil && !strings.Contains(strings.ToLower(parts[1]), "test") {
			variants = append(variants, path.Join(folder, name))
		}
	}
	if len(variants) == 0 {
		return nil
	}
	slices.SortStableFunc(variants, func(a, b string) int { return variantRank(a) - variantRank(b) })
	return variants[:1]
}

func variantRank(name string) int {
	for i, word := range []string{"prod", "local", "dev", "override"} {
		if strings.Contains(path.Base(name), word) {
			return i
		}
	}
	return -1
}

// composeVariables are what the file's ${NAME} refer to.
func (p *planner) composeVariables(folder string) map[string]string {
	variables := map[string]string{}
	for _, name := range envFileNames() {
		if full, ok := p.files.First(folder, name); ok {
			text, _ := p.files.Text(full)
			for _, pair := range dotenv.Parse(text) {
				if _, ok := variables[pair.Name]; !ok {
					variables[pair.Name] = pair.Value
				}
			}
		}
	}
	return variables
}

// sortServices tells the program from the database and the rest.
func (p *planner) sortServices() {
	c := &p.compose
	for _, service := range c.file.Services {
		if p.isDatabase(service) && c.database.Service == "" {
			c.database = compose.DatabaseOf(service)
			c.init = compose.InitMounts(service)
		}
	}
	best := 0
	for _, service := range c.file.Services {
		switch {
		case p.isDatabase(service):
		case compose.MigrationTool(service.Image) != "" || preparesDatabase(service):
			c.migrate = append(c.migrate, service)
		default:
			if rank, ok := p.serviceRank(service); ok && (c.program.Name == "" || rank < best) {
				c.program, best = service, rank
			}
		}
	}
	if c.program.Name == "" && len(c.migrate) == 0 && c.database.Service == "" && len(c.file.Services) > 0 {
		p.note("%s has no service that could be the program", c.path)
	}
	for _, service := range c.file.Services {
		if base := path.Base(service.Image); strings.HasPrefix(base, "mysql") || strings.HasPrefix(base, "mariadb") || strings.HasPrefix(base, "mongo:") {
			p.note("%s starts %s; the graded database is Postgres", c.path, base)
		}
	}
}

// isDatabase reports whether a service runs Postgres, from an image or built on one.
func (p *planner) isDatabase(service compose.Service) bool {
	if service.Build == nil {
		return compose.IsPostgres(service.Image)
	}
	name, ok := p.buildFile(service)
	if !ok {
		return false
	}
	raw, ok := p.files.Bytes(name, dockerfile.SizeLimit)
	if !ok {
		return false
	}
	file, err := dockerfile.Read(raw, service.Build.Target)
	return err == nil && slices.ContainsFunc(file.Bases, compose.IsPostgres)
}

// buildFile is the Dockerfile of a service that is built.
func (p *planner) buildFile(service compose.Service) (string, bool) {
	folder, ok := underFolder(p.compose.folder, service.Build.Context)
	if !ok {
		return "", false
	}
	name := service.Build.Dockerfile
	if name == "" {
		name = "Dockerfile"
	}
	full, ok := underFolder(folder, name)
	return full, ok && p.files.Has(full)
}

var (
	preparesName    = regexp.MustCompile(`(?i)(?:^|[-_])(?:migrat\w*|db-?init|init-?db|seed\w*|flyway|liquibase|db-?setup|setup-?db|prisma-?migrate)(?:$|[-_])`)
	preparesCommand = regexp.MustCompile(`(?i)^(?:sh -c )?"?(?:(?:npm|yarn|pnpm) (?:run )?(?:db:)?migrat\S*|npx (?:prisma migrate|knex|sequelize\S* db:migrate|node-pg-migrate)\S*.*|alembic upgrade.*|python manage\.py migrate|flask db upgrade|goose .*|migrate .*)"?$`)
	asideService    = regexp.MustCompile(`(?i)(?:^|[-_])(?:tests?|e2e|worker|cron|scheduler|queue|docs|swagger|pgadmin|adminer|nginx|proxy|gateway|studio|lint|k6|newman|load)(?:$|[-_])`)
)

// preparesDatabase reports whether a service is a job that ends before the program starts.
func preparesDatabase(service compose.Service) bool {
	return service.Build != nil && (preparesName.MatchString(service.Name) || preparesCommand.MatchString(strings.Join(service.Command, " ")))
}

// serviceRank tells how much a service looks like the program; the lowest wins.
func (p *planner) serviceRank(service compose.Service) (int, bool) {
	const built, bare, aside = 0, 50, 100
	rank := built
	if service.Build == nil {
		if service.Image == "" || compose.IsInfrastructure(service.Image) {
			return 0, false
		}
		rank = bare
	} else if p.buildsFrontend(service) || !p.buildsNamedFolder(service) {
		return 0, false
	}
	if asideService.MatchString(service.Name) {
		rank += aside
	}
	if !slices.Contains(service.DependsOn, p.compose.database.Service) {
		rank += 4
	}
	if !slices.ContainsFunc(service.Env, func(v compose.Variable) bool { return isDatabaseName(v.Name, v.Value) }) {
		rank += 3
	}
	if !backendName.MatchString(service.Name) {
		rank += 2
	}
	return rank, true
}

// buildsNamedFolder reports whether a service builds the folder that takehome.yaml names,
// if it names one.
func (p *planner) buildsNamedFolder(service compose.Service) bool {
	if p.manifest.Folder == "" {
		return true
	}
	folder, ok := underFolder(p.compose.folder, service.Build.Context)
	below := path.Join(folder, path.Dir(service.Build.Dockerfile))
	wanted := path.Join(p.home, p.manifest.Folder)
	return ok && (folder == wanted || service.Build.Dockerfile != "" && below == wanted)
}

func (p *planner) buildsFrontend(service compose.Service) bool {
	folder, ok := underFolder(p.compose.folder, service.Build.Context)
	if !ok {
		return false
	}
	if service.Build.Dockerfile != "" {
		below := path.Join(folder, path.Dir(service.Build.Dockerfile))
		if below != folder && (isFrontendName(path.Base(below)) && !p.isPackageOfServer(below)) {
			return true
		}
	}
	if folder != p.home && isFrontendName(path.Base(folder)) && !p.isPackageOfServer(folder) {
		return true
	}
	return language.PackageKind(p.files, folder) == language.FrontendPackage && language.Name(p.files, folder) == ""
}
