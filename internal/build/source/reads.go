package source

import (
	"regexp"
	"slices"
	"strings"
)

// readSet collects reads by name; the first place of a name counts, and a later one may
// add the default or the requirement that the first did not show.
type readSet struct {
	order []string
	byKey map[string]*Read
	viper viperKeys
}

func newReadSet() *readSet { return &readSet{byKey: map[string]*Read{}} }

func (s *readSet) add(read Read) {
	known, ok := s.byKey[read.Name]
	if !ok {
		if len(s.order) >= maxReads {
			return
		}
		s.order = append(s.order, read.Name)
		s.byKey[read.Name] = &read
		return
	}
	if read.HasDefault && !known.HasDefault {
		known.Default, known.HasDefault = read.Default, true
	}
	known.Required = known.Required || read.Required
}

func (s *readSet) finish() []Read {
	s.viper.finish(s)
	reads := make([]Read, 0, len(s.order))
	for _, name := range s.order {
		reads = append(reads, *s.byKey[name])
	}
	return reads
}

// pattern is one way of reading a variable. Group 1 is the name, group 2 a default.
type pattern struct {
	in       []language
	has      string // a text without which the pattern cannot match; saves time
	match    *regexp.Regexp
	required bool // without a default, the code cannot do without the value
}

// The pieces that most patterns are made of.
const (
	quotedUpper = "[\"'`]([A-Z][A-Z0-9_]{1,63})[\"'`]"
	quotedAny   = "[\"'`]([A-Za-z_][A-Za-z0-9_]{1,63})[\"'`]"
	literal     = "(\"[^\"\\n]{0,300}\"|'[^'\\n]{0,300}'|`[^`\\n]{0,300}`|\\d{1,6})"
	commaValue  = `(?:\s*,\s*(?:default\s*=\s*)?` + literal + `)?`
	orValue     = `(?:!?\s*(?:,\s*10\s*)?\)*!?\s*(?:\|\||\?\?)\s*` + literal + `)?`
)

func compile(expression string) *regexp.Regexp { return regexp.MustCompile(expression) }

var patterns = []pattern{
	// os.Getenv("X"), os.getenv("X", "d"), getEnv("X", "d"), envOr("X", "d"), env("X"), System.getenv("X"),
	// GetEnvironmentVariable("X"), System.get_env("X")
	{has: "nv", match: compile(`(?:os\.Getenv|os\.LookupEnv|os\.getenv|System\.getenv)\(\s*` + quotedAny + commaValue)},
	{has: "nv", match: compile(`\b(?i:must\w*env\w*|require\w*env\w*|env\w*required|fetch_env!|mustget\w*)\(\s*` + quotedUpper), required: true},
	{has: "nv", match: compile(`\b[\w.:]*?(?:[eE]nv|ENV)\w*!?\(\s*` + quotedUpper + commaValue)},
	{has: "nv.", match: compile(`\benv\.(?:str|int|bool|url|db|db_url|list|get|string|float|secret_str|dj_db_url)\(\s*` + quotedUpper + commaValue)},

	{in: []language{javascript}, has: "process.env", match: compile(`process\.env\.([A-Za-z_][A-Za-z0-9_]{1,63})` + orValue)},
	{in: []language{javascript}, has: "process.env", match: compile(`process\.env\[\s*` + quotedAny + `\s*\]` + orValue)},
	{in: []language{javascript}, has: "env.", match: compile(`\b(?:Bun\.)?env\.([A-Z][A-Z0-9_]{1,63})\b` + orValue)},
	{in: []language{javascript}, has: ".get", match: compile(`\.get(?:<[^>\n]{0,60}>)?\(\s*` + quotedUpper + commaValue)},
	{in: []language{javascript}, has: "getOrThrow", match: compile(`\.getOrThrow(?:<[^>\n]{0,60}>)?\(\s*` + quotedUpper), required: true},
	{in: []language{javascript}, has: ":", match: compile(`(?m)^\s*['"]?([A-Z][A-Z0-9_]{2,63})['"]?\s*:\s*(?:z|Joi|joi|yup|v|t|Type|str|num|port|url|host|bool)\b[^\n]*?(?:default\(\s*|default:\s*)` + literal)},
	{in: []language{javascript}, has: ":", match: compile(`(?m)^\s*['"]?([A-Z][A-Z0-9_]{2,63})['"]?\s*:\s*(?:z|Joi|joi|yup|v|t|Type|str|num|port|url|host|bool)\b[^\n]*`)},
	{in: []language{javascript}, has: "env:", match: compile(`\benv:\s*` + quotedUpper)},
	{in: []language{javascript, settings}, has: "use_env_variable", match: compile(`use_env_variable["']?\s*:\s*` + quotedUpper), required: true},

	{in: []language{python}, has: "environ", match: compile(`environ\.get\(\s*` + quotedAny + commaValue)},
	{in: []language{python}, has: "environ", match: compile(`environ\[\s*` + quotedAny + `\s*\]`), required: true},
	{in: []language{python}, has: "config(", match: compile(`\bconfig\(\s*` + quotedUpper + `(?:[^)\n]*?default\s*=\s*` + literal + `)?`), required: true},
	{in: []language{python, rust}, has: "=", match: compile(`\b(?:env|alias|validation_alias|envvar)\s*=\s*` + quotedUpper)},

	{in: []language{ruby, settings}, has: "ENV", match: compile(`ENV\[\s*` + quotedAny + `\s*\](?:\s*\|\|\s*` + literal + `)?`)},
	{in: []language{ruby, settings}, has: "ENV.fetch", match: compile(`ENV\.fetch\(\s*` + quotedAny + `(?:\s*,\s*` + literal + `\s*\)|\s*\)\s*(?:\{|do)\s*` + literal + `)?`), required: true},

	{in: []language{jvm, settings, python}, has: "${", match: compile(`\$\{([A-Z][A-Z0-9_]{1,63})(?::-?([^{}\n]{0,300}))?\}`), required: true},

	{in: []language{golang}, has: "BindEnv", match: compile(`BindEnv\(\s*"[^"\n]+"\s*,\s*"([A-Za-z_][A-Za-z0-9_]*)"`)},

	{in: []language{rust}, has: "env::var", match: compile(`env::var(?:_os)?\(\s*` + quotedAny + `\s*\)\s*\.unwrap_or(?:_else)?\(\s*(?:\|_\|\s*)?` + literal)},
	{in: []language{rust}, has: "env::var", match: compile(`env::var(?:_os)?\(\s*` + quotedAny + `\s*\)\s*(?:\.expect\(|\.unwrap\(\)|\?)`), required: true},
	{in: []language{rust}, has: "env::var", match: compile(`env::var(?:_os)?\(\s*` + quotedAny + `\s*\)`)},

	{in: []language{php}, has: "$_", match: compile(`\$_(?:ENV|SERVER)\[\s*` + quotedUpper + `\s*\](?:\s*\?\?\s*` + literal + `)?`)},

	{in: []language{dotnet}, has: "onfiguration[", match: compile(`[cC]onfiguration\[\s*` + quotedUpper + `\s*\](?:\s*\?\?\s*` + literal + `)?`)},
}

func (s *readSet) scan(file string, lang language, text string) {
	for _, way := range patterns {
		if len(way.in) > 0 && !slices.Contains(way.in, lang) || !strings.Contains(text, way.has) {
			continue
		}
		for _, parts := range way.match.FindAllStringSubmatch(text, maxReads) {
			read := Read{Name: parts[1], File: file}
			for _, value := range parts[2:] {
				if value != "" {
					read.Default, read.HasDefault = unquote(value), true
				}
			}
			read.Required = way.required && !read.HasDefault && !strings.Contains(parts[0], "optional(")
			s.add(read)
		}
	}
	switch lang {
	case javascript:
		s.scanDestructuring(file, text)
	case golang:
		s.scanTags(file, text)
		s.viper.scan(file, text)
	case python:
		s.scanPydantic(file, text)
		s.scanDatabaseURLHelper(file, text)
	case dotnet:
		s.scanConnectionStrings(file, text)
	case settings:
		s.viper.scanSettings(file, text)
	case other, ruby, jvm, rust, php, elixir:
	}
}

func unquote(value string) string {
	if len(value) >= 2 && strings.ContainsRune("\"'`", rune(value[0])) && value[0] == value[len(value)-1] {
		return value[1 : len(value)-1]
	}
	return value
}

var (
	destructuring = regexp.MustCompile(`(?:const|let|var)\s*\{([^{}]{1,1000})\}\s*=\s*process\.env\b`)
	destructured  = regexp.MustCompile(`^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?::\s*\w+)?\s*(?:=\s*` + literal + `)?\s*$`)
)

// scanDestructuring reads const { PORT = 3000, DB_HOST: host } = process.env.
func (s *readSet) scanDestructuring(file, text string) {
	for _, found := range destructuring.FindAllStringSubmatch(text, 20) {
		for item := range strings.SplitSeq(found[1], ",") {
			if parts := destructured.FindStringSubmatch(item); parts != nil {
				s.add(Read{Name: parts[1], Default: unquote(parts[2]), HasDefault: parts[2] != "", File: file})
			}
		}
	}
}

var (
	databaseURLHelper = regexp.MustCompile(`dj_database_url\.(?:config|parse)\(|env\.db\(\s*\)`)
	helperDefault     = regexp.MustCompile(`dj_database_url\.config\([^)]*?default\s*=\s*` + literal)
	connectionString  = regexp.MustCompile(`GetConnectionString\(\s*"([A-Za-z_][A-Za-z0-9_]*)"`)
)

// scanDatabaseURLHelper knows the helpers that read DATABASE_URL without naming it.
func (s *readSet) scanDatabaseURLHelper(file, text string) {
	if !databaseURLHelper.MatchString(text) {
		return
	}
	read := Read{Name: "DATABASE_URL", File: file}
	if parts := helperDefault.FindStringSubmatch(text); parts != nil {
		read.Default, read.HasDefault = unquote(parts[1]), true
	}
	s.add(read)
}

// scanConnectionStrings knows that .NET reads GetConnectionString("X") from ConnectionStrings__X.
func (s *readSet) scanConnectionStrings(file, text string) {
	for _, parts := range connectionString.FindAllStringSubmatch(text, 10) {
		s.add(Read{
			Name: "ConnectionStrings__" + parts[1], File: file, HasDefault: true,
			Default: "Host=localhost;Port=5432;Database=app;Username=app;Password=app",
		})
	}
}
