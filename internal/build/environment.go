package build

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/dotenv"
	"github.com/takehome-dev/takehome/internal/build/manifest"
	"github.com/takehome-dev/takehome/internal/build/names"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// readsIt ends the source of a name that only the code shows.
const readsIt = " reads it"

// example is what the repository shows for a variable: the first source that has it counts.
type example struct {
	value      string
	source     string
	give       bool // the value itself is for the program, where we have none of our own
	fromCode   bool // the code reads it
	required   bool
	hasDefault bool
	role       names.Role // set where something else than the name tells
}

// environment puts together what the program is given: takehome.yaml as it stands, then
// our values under every name that the repository shows, then the contract.
func (p *planner) environment() []takehome.Setting {
	settings := map[string]takehome.Setting{}
	set := func(name, value, source string) {
		if _, known := settings[name]; !known && manifest.ValidName(name) && usableValue(value) {
			settings[name] = takehome.Setting{Name: name, Value: value, Source: source}
		}
	}
	p.collectExamples()
	for _, variable := range p.manifest.Env {
		set(variable.Name, variable.Value, "takehome.yaml")
	}
	for _, name := range p.manifest.PortEnv {
		set(name, p.listenValue(name), "takehome.yaml")
	}
	for _, name := range p.manifest.DatabaseEnv {
		set(name, p.databaseValue(name), "takehome.yaml")
	}
	bare := p.bareRoles()
	for _, name := range sortedKeys(p.examples) {
		shown := p.examples[name]
		if value, source, ok := p.valueFor(name, shown, bare); ok {
			set(name, value, source)
		}
	}
	for _, variable := range p.app.Env {
		set(variable.Name, variable.Value, variable.Source)
	}
	for name, value := range p.ecosystem() {
		set(name, value, contractSource)
	}
	for name, value := range contract(p.dialect) {
		set(name, value, contractSource)
	}
	made := make([]takehome.Setting, 0, len(settings))
	for _, name := range sortedKeys(settings) {
		made = append(made, settings[name])
	}
	return made
}

func sortedKeys[V any](set map[string]V) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// usableValue reports whether an environment can hold a value at all.
func usableValue(value string) bool {
	const most = 8 << 10
	return len(value) <= most && !strings.ContainsRune(value, 0)
}

// listenValue is ":{listen}" where the example has that form, and the bare port otherwise.
func (p *planner) listenValue(name string) string {
	shown := p.examples[name]
	if names.Classify(name, shown.value) == names.ListenAddress {
		if value, ok := p.dialect.Value(names.ListenAddress, name, shown.value); ok {
			return value
		}
	}
	return "{listen}"
}

// databaseValue is the address for a name that takehome.yaml calls the database's. The
// name may still say that it takes a part of the address only.
func (p *planner) databaseValue(name string) string {
	shown := p.examples[name]
	role := names.Classify(name, shown.value)
	if !role.IsDatabase() || role == names.DatabaseDialect || role == names.DatabaseTLS || role == names.DatabaseName && shown.value == "" {
		role = names.DatabaseURL
	}
	value, _ := p.dialect.Value(role, name, shown.value)
	return value
}

// valueFor decides what a name gets: a value of ours, the repository's own, or nothing.
func (p *planner) valueFor(name string, shown example, bare map[string]names.Role) (value, source string, ok bool) {
	role := names.Classify(name, shown.value)
	if shown.role != names.None {
		role = shown.role
	} else if special, known := bare[name]; known {
		role = special
	}
	unseenSwitch := shown.hasDefault && shown.value == "" && (role == names.DatabaseDialect || role == names.DatabaseTLS)
	if (role.IsDatabase() || role.IsListen()) && !unseenSwitch {
		if value, ok = p.dialect.Value(role, name, shown.value); ok {
			return value, shown.source, true
		}
	}
	switch {
	case shown.value != "" && shown.give:
		return shown.value, shown.source, true
	case shown.value != "" || shown.hasDefault:
	case role == names.Credential && !shown.required:
		// An unset key often leaves a door open that a key of ours would close.
	case role == names.Secret || role == names.Credential || role == names.Lifetime || role == names.Cost:
		value, ok = p.dialect.Value(role, name, "")
		return value, "placeholder: " + shown.source, ok
	case shown.required:
		p.note("%s needs %s, and nothing in the repository gives it a value", strings.TrimSuffix(shown.source, readsIt), name)
	}
	return "", "", false
}

// bareRoles finds names like HOST and PASSWORD that are the database's because they come together.
func (p *planner) bareRoles() map[string]names.Role {
	values := map[string]string{}
	for name, shown := range p.examples {
		values[name] = shown.value
	}
	return names.Bare(values)
}

// collectExamples reads everything that shows names and values, the most telling first.
func (p *planner) collectExamples() {
	p.examples = map[string]example{}
	p.examplesFromCompose()
	for _, file := range p.envFiles() {
		text, ok := p.files.Text(file)
		if !ok {
			continue
		}
		for _, pair := range dotenv.Parse(text) {
			p.addExample(pair.Name, example{value: pair.Value, source: takehome.Line(file), give: true})
		}
	}
	for _, variable := range p.own.file.Env {
		p.addExample(variable.Name, example{value: variable.Value, source: p.recipe.Source + ": ENV", hasDefault: true})
	}
	for _, read := range p.facts.Reads {
		p.addExample(read.Name, example{
			value: read.Default, source: takehome.Line(read.File) + readsIt,
			fromCode: true, required: read.Required, hasDefault: read.HasDefault,
		})
	}
	p.examplesFromReadme()
}

// addExample keeps the first example of a name. What the code does with it is remembered
// beside the value of another source, and an empty value gives way to a later one.
func (p *planner) addExample(name string, shown example) {
	const most = 600
	known, ok := p.examples[name]
	switch {
	case !ok && len(p.examples) < most:
		p.examples[name] = shown
	case ok:
		known.fromCode = known.fromCode || shown.fromCode
		known.required = known.required || shown.required
		known.hasDefault = known.hasDefault || shown.hasDefault
		if known.value == "" && shown.value != "" {
			known.value = shown.value
			if known.fromCode && shown.give {
				known.source, known.give = shown.source, true
			}
		}
		p.examples[name] = known
	}
}

// examplesFromCompose reads the environment of the program's service. A value that is a
// part of the login to the file's own database has its role from that, whatever its name.
func (p *planner) examplesFromCompose() {
	c := p.compose
	for _, variable := range c.program.Env {
		shown := example{value: variable.Value, source: c.source(), give: true}
		shown.role = p.roleByValue(variable.Name, variable.Value)
		p.addExample(variable.Name, shown)
	}
	for _, name := range c.program.EnvFiles {
		file, ok := underFolder(c.folder, name)
		if !ok {
			continue
		}
		text, ok := p.files.Text(file)
		if !ok {
			continue
		}
		for _, pair := range dotenv.Parse(text) {
			p.addExample(pair.Name, example{value: pair.Value, source: takehome.Line(file), give: true, role: p.roleByValue(pair.Name, pair.Value)})
		}
	}
}

// roleByValue tells the role of a value that equals a part of the compose file's own login.
func (p *planner) roleByValue(name, value string) names.Role {
	database := p.compose.database
	if database.Service == "" || value == "" {
		return names.None
	}
	lower := strings.ToLower(name)
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(lower, word) })
	}
	for _, host := range database.Hosts {
		switch {
		case value == host && !says("type", "dialect", "driver", "client", "engine", "name", "user", "pass"):
			return names.DatabaseHost
		case strings.HasPrefix(value, host+":") && !strings.Contains(value, "/"):
			return names.DatabaseAddress
		}
	}
	switch {
	case value == database.User && says("user", "login"):
		return names.DatabaseUser
	case value == database.Password && says("pass", "pwd"):
		return names.DatabasePassword
	case value == database.Name && says("database", "db", "name") && !says("user", "host", "type", "dialect", "driver", "client"):
		return names.DatabaseName
	}
	return names.None
}

func isDatabaseName(name, value string) bool { return names.Classify(name, value).IsDatabase() }

// envFileNames are the files of settings that people hand in, those meant as an example first.
func envFileNames() []string {
	return []string{
		".env.example", ".env.sample", ".env.dist", ".env.template", ".env.defaults", ".env.local.example", ".env.development.example", "env.example",
		"example.env", "sample.env", ".example.env", ".sample.env", ".env.docker", ".env", ".env.development", ".env.dev", ".env.local",
		".env.production", "app.env", "config.env", "dev.env",
	}
}

// envFiles lists those that are there: in the program's folder, at the root, and beside
// the compose file.
func (p *planner) envFiles() []string {
	var found []string
	folders := []string{p.folder, path.Join(p.folder, "config"), p.home, p.compose.folder}
	for _, folder := range folders {
		for _, name := range envFileNames() {
			if folder == "" {
				continue
			}
			if full, ok := p.files.First(folder, name); ok && !slices.Contains(found, full) {
				found = append(found, full)
			}
		}
	}
	return found
}

var readmeLine = regexp.MustCompile("(?m)^[ \t>$`]*(?:export\\s+|set\\s+)?([A-Z][A-Z0-9_]{2,63})=([^\\s`]+)")

// examplesFromReadme reads lines of NAME=value. They are examples of a form; a value is
// given only under a name that the code reads and has no default for.
func (p *planner) examplesFromReadme() {
	file, text, ok := p.readme()
	if !ok {
		return
	}
	for _, parts := range readmeLine.FindAllStringSubmatch(text, 100) {
		value := strings.Trim(parts[2], `"'`)
		p.addExample(parts[1], example{value: value, source: takehome.Line(file), give: p.examples[parts[1]].fromCode && !p.examples[parts[1]].hasDefault})
	}
}

// readme is the text for people, of the program's folder or of the root.
func (p *planner) readme() (file, text string, ok bool) {
	for _, folder := range []string{p.folder, p.home} {
		for _, name := range p.files.Names(folder) {
			if upper := strings.ToUpper(name); strings.HasPrefix(upper, "README") {
				full := path.Join(folder, name)
				if text, ok = p.files.Text(full); ok {
					return full, text, true
				}
			}
		}
	}
	return "", "", false
}
