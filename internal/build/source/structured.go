package source

import (
	"path"
	"regexp"
	"sort"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/document"
)

var (
	structTag   = regexp.MustCompile("`([^`\n]{1,400})`")
	tagEntry    = regexp.MustCompile(`([\w-]+):"([^"\n]*)"`)
	envconfig   = regexp.MustCompile(`envconfig\.(?:Must)?Process\(\s*"([A-Za-z0-9_]*)"`)
	plainField  = regexp.MustCompile(`(?m)^\s+([A-Z][A-Za-z0-9]*)\s+(?:string|int|uint16|int64|bool|time\.Duration)\s*(?://.*)?$`)
	upperName   = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,63}$`)
	lowerName   = regexp.MustCompile(`^[a-z][A-Za-z0-9_.]{1,63}$`)
	maxPrefixes = 4
)

// scanTags reads the struct tags of the settings libraries: env:"X" envDefault:"d"
// (caarlos0/env), env:"X" env-default:"d" (cleanenv), envconfig:"X" default:"d",
// mapstructure:"X" (viper).
func (s *readSet) scanTags(file, text string) {
	if strings.Contains(text, "env") || strings.Contains(text, "mapstructure") {
		for _, tag := range structTag.FindAllStringSubmatch(text, maxReads) {
			s.scanTag(file, tag[1])
		}
	}
	for _, parts := range envconfig.FindAllStringSubmatch(text, maxPrefixes) {
		prefix := strings.ToUpper(parts[1])
		if prefix != "" {
			prefix += "_"
		}
		for _, field := range plainField.FindAllStringSubmatch(text, maxReads) {
			s.add(Read{Name: prefix + strings.ToUpper(field[1]), File: file})
		}
		for _, tag := range structTag.FindAllStringSubmatch(text, maxReads) {
			for _, entry := range tagEntry.FindAllStringSubmatch(tag[1], 10) {
				if entry[1] == "envconfig" && prefix != "" {
					s.add(Read{Name: prefix + strings.ToUpper(entry[2]), File: file})
				}
			}
		}
	}
}

func (s *readSet) scanTag(file, tag string) {
	read := Read{File: file}
	for _, entry := range tagEntry.FindAllStringSubmatch(tag, 10) {
		name, options, _ := strings.Cut(entry[2], ",")
		switch entry[1] {
		case "env", "envconfig":
			read.Name = name
			read.Required = read.Required || strings.Contains(options, "required") || strings.Contains(options, "notEmpty")
		case "mapstructure":
			if upperName.MatchString(name) {
				read.Name = name
			} else if lowerName.MatchString(name) {
				s.viper.add(name, "", file)
			}
		case "envDefault", "env-default", "default":
			read.Default, read.HasDefault = entry[2], true
		case "required", "env-required":
			read.Required = read.Required || entry[2] == "true"
		}
	}
	if upperName.MatchString(read.Name) {
		s.add(read)
	}
}

// viperKeys collects the keys of viper, which become names of variables where the program
// calls AutomaticEnv: prefix, key in upper case, and "." as the replacer has it.
type viperKeys struct {
	keys      map[string]Read
	prefix    string
	automatic bool
	dots      string // what a dot becomes
}

var (
	viperKey    = regexp.MustCompile(`\b(?:viper|v|vp|cfg|config)\.(?:Get\w*|SetDefault|BindEnv|IsSet)\(\s*"([A-Za-z][A-Za-z0-9_.]{1,63})"(?:\s*,\s*` + literal + `)?`)
	viperPrefix = regexp.MustCompile(`SetEnvPrefix\(\s*"([A-Za-z0-9_]{1,32})"`)
)

func (v *viperKeys) scan(file, text string) {
	if !strings.Contains(text, "viper") {
		return
	}
	v.automatic = v.automatic || strings.Contains(text, "AutomaticEnv(")
	if strings.Contains(text, "SetEnvKeyReplacer(") {
		v.dots = "_"
	}
	if parts := viperPrefix.FindStringSubmatch(text); parts != nil {
		v.prefix = strings.ToUpper(parts[1]) + "_"
	}
	for _, parts := range viperKey.FindAllStringSubmatch(text, maxReads) {
		if !strings.Contains(parts[0], "BindEnv") {
			v.add(parts[1], unquote(parts[2]), file)
			continue
		}
		if parts[2] == "" { // a second argument is the name itself, which a pattern of reads finds
			v.add(parts[1], "", file)
			v.automatic = true
		}
	}
}

// scanSettings takes the keys of a config.yaml, which viper lets a variable override.
func (v *viperKeys) scanSettings(file, text string) {
	base := path.Base(file)
	if !strings.HasSuffix(base, ".yaml") && !strings.HasSuffix(base, ".yml") || strings.HasPrefix(base, "application") {
		return
	}
	root, err := document.Parse(text)
	if err != nil {
		return
	}
	v.flatten(file, "", root, 0)
}

func (v *viperKeys) flatten(file, prefix string, node document.Node, depth int) {
	const deepest = 4
	for _, entry := range node.Entries() {
		key := prefix + entry.Key
		switch {
		case entry.Value.Kind == document.Map && depth < deepest:
			v.flatten(file, key+".", entry.Value, depth+1)
		case entry.Value.Kind == document.Scalar && lowerName.MatchString(key):
			v.add(key, entry.Value.Text(), file)
		}
	}
}

func (v *viperKeys) add(key, value, file string) {
	if v.keys == nil {
		v.keys = map[string]Read{}
	}
	if known, ok := v.keys[key]; ok && (known.HasDefault || value == "") || len(v.keys) >= maxReads {
		return
	}
	v.keys[key] = Read{Name: key, Default: value, HasDefault: value != "", File: file}
}

func (v *viperKeys) finish(into *readSet) {
	if !v.automatic {
		return
	}
	dots := v.dots
	if dots == "" {
		dots = "."
	}
	keys := make([]string, 0, len(v.keys))
	for key := range v.keys {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		read := v.keys[key]
		read.Name = v.prefix + strings.ToUpper(strings.ReplaceAll(key, ".", dots))
		into.add(read)
	}
}

var (
	settingsClass  = regexp.MustCompile(`^class\s+\w+\(.*\b(?:BaseSettings|Base_Settings|CommonSettings)\b.*\)\s*:`)
	settingsPrefix = regexp.MustCompile(`env_prefix\s*=\s*["']([A-Za-z0-9_]{1,32})["']`)
	settingsField  = regexp.MustCompile(`^\s+([A-Za-z][A-Za-z0-9_]{1,63})\s*:\s*([\w\[\]., |]+?)\s*(?:=\s*(.+?))?\s*(?:#.*)?$`)
)

// scanPydantic reads the fields of pydantic-settings classes: their names in upper case,
// with the class's prefix, are the names of the variables.
func (s *readSet) scanPydantic(file, text string) {
	if !strings.Contains(text, "Settings") {
		return
	}
	inside, prefix := false, ""
	if parts := settingsPrefix.FindStringSubmatch(text); parts != nil {
		prefix = strings.ToUpper(parts[1])
	}
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case settingsClass.MatchString(line):
			inside = true
			continue
		case line != "" && line[0] != ' ' && line[0] != '\t' && line[0] != '#' && line[0] != ')':
			inside = false
		}
		parts := settingsField.FindStringSubmatch(line)
		if !inside || parts == nil || strings.HasPrefix(parts[1], "model_config") {
			continue
		}
		read := Read{Name: prefix + strings.ToUpper(parts[1]), File: file}
		switch value := strings.TrimSpace(parts[3]); {
		case value == "":
			read.Required = true
		case strings.HasPrefix(value, "Field(...") || strings.HasPrefix(value, "Field(alias") || strings.HasPrefix(value, "Field(validation_alias"):
			read.Required = true
		default:
			if found := regexpLiteral.FindString(value); found != "" {
				read.Default, read.HasDefault = unquote(found), true
			} else {
				read.HasDefault = true
			}
		}
		s.add(read)
	}
}

var regexpLiteral = regexp.MustCompile(literal)
