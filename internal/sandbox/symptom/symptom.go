// Package symptom reads the last words of a program that did not start, and says what
// would probably mend it. It is a table: the first row that fits wins, so the rows go
// from the particular to the general.
//
// A log is a stranger's text. Only names of a known shape are taken from it.
package symptom

import (
	"fmt"
	"regexp"
	"strings"
)

// Help says what would probably mend a program that printed this log; it is empty where
// nothing is recognised. It holds no value that varies from run to run.
func Help(log []byte) string {
	for _, row := range table() {
		for _, pattern := range row.patterns {
			found := pattern.FindSubmatch(log)
			if found == nil {
				continue
			}
			captured := ""
			if len(found) > 1 {
				captured = string(found[1])
			}
			if text := row.help(captured); text != "" {
				return text
			}
		}
	}
	return ""
}

// WantsToWrite reports whether a program complained that it may not write or read somewhere,
// which a writable file system and the image's own user may mend.
func WantsToWrite(log []byte) bool {
	for line := range strings.Lines(strings.ToLower(string(log))) {
		switch {
		case strings.Contains(line, "permission denied for "), strings.Contains(line, "permission denied to "):
			continue // the words of Postgres
		case strings.Contains(line, "permission denied"), strings.Contains(line, "read-only file system"),
			strings.Contains(line, "erofs"), strings.Contains(line, "eacces"),
			strings.Contains(line, "accessdeniedexception"), strings.Contains(line, "readonlyfilesystemexception"),
			strings.Contains(line, "attempt to write a readonly database"), strings.Contains(line, "unable to open database file"):
			return true
		}
	}
	return false
}

// row is one line of the table.
type row struct {
	patterns []*regexp.Regexp
	help     func(captured string) string
}

func say(text string, patterns ...string) row {
	return rowOf(func(string) string { return text }, patterns...)
}

func rowOf(help func(captured string) string, patterns ...string) row {
	made := row{help: help}
	for _, pattern := range patterns {
		made.patterns = append(made.patterns, regexp.MustCompile(pattern))
	}
	return made
}

// name is what a variable is called, in a log.
const name = `([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT|HOST)`

// table is ordered: a program that cannot log in also says that its start failed.
func table() []row {
	return []row{
		say("the command names a program that is not in the image: correct CMD or ENTRYPOINT, or name the command in takehome.yaml (start.command)",
			`takehome-pod: cannot start "[^"]*": command not found`, `(?m)^(?:/bin/)?(?:ba)?sh: (?:\d+: )?\S+: (?:command )?not found`),
		say("the program is there, but the interpreter or the C library that it was built for is not: build it with CGO_ENABLED=0, or use the same base image for building and running",
			`takehome-pod: cannot start "[^"]*": the file is there`),
		say("the program is built for another processor, or is a script without a first line that names its interpreter",
			`takehome-pod: cannot start "[^"]*": exec format error`, `(?i)exec format error`),
		say("the file that the image starts may not be executed: chmod +x it in the Dockerfile",
			`takehome-pod: cannot start "[^"]*": permission denied`),
		rowOf(missingVariable, variablePatterns()...),
		say("the program stops because there is no .env file: let it read the environment and treat the file as optional",
			`(?i)error loading \.env`, `(?i)no such file or directory[^\n]{0,40}\.env\b`, `(?i)open \.env: no such file`, `(?i)\.env[^\n]{0,20}(?:not found|does not exist)`),
		say("package.json has no such script: add a start script, or name the command in takehome.yaml (start.command)",
			`(?i)missing script`),
		say("the program insists on an encrypted connection to its database; the one of the pod is on its own machine and has none: obey sslmode=disable in DATABASE_URL",
			`(?i)server does not support SSL`, `(?i)SSL (?:is not enabled|off|connection is required)`, `(?i)does not support secure connection`),
		say("the program logs in to the database with a name, a password or a database of its own: let it use those in DATABASE_URL (or PGUSER, DB_USER and their like)",
			`(?i)password authentication failed`, `(?i)role "[^"\n]{1,64}" (?:does not exist|is not permitted to log in)`, `(?i)database "[^"\n]{1,64}" does not exist`,
			`(?i)no password supplied`, `(?i)client password must be a string`, `(?i)permission denied for database`, `(?i)fe_sendauth`),
		say("a table is missing: no migration was found, or not all of it; name it in takehome.yaml (start.migrate)",
			`(?i)relation "[^"\n]{1,128}" does not exist`, `(?i)\b42P01\b`, `(?i)no such table`),
		say("the tables exist already when the program creates them: let it use CREATE TABLE IF NOT EXISTS, or keep its migrations in one place",
			`(?i)relation "[^"\n]{1,128}" already exists`, `\b42P07\b`),
		rowOf(refusedPort, `(?i)ECONNREFUSED[^\n]{0,40}:(\d{2,5})\b`, `(?i):(\d{2,5}): connect: connection refused`,
			`(?i)port (\d{2,5}) failed: Connection refused`, `(?i)connection to [^\n]{0,60}:(\d{2,5}) refused`,
			`(?i)connection refused[^\n]{0,40}:(\d{2,5})\b`, `(?i)Is the server running on[^\n]{0,60}port (\d{2,5})`),
		rowOf(unknownHost, `(?i)getaddrinfo (?:ENOTFOUND|EAI_AGAIN) ([A-Za-z0-9][A-Za-z0-9._-]{0,62})`,
			`(?i)could not translate host name "([A-Za-z0-9][A-Za-z0-9._-]{0,62})"`, `(?i)lookup ([A-Za-z0-9][A-Za-z0-9._-]{0,62})(?: on [0-9.:\[\]]+)?: `,
			`UnknownHostException: ([A-Za-z0-9][A-Za-z0-9._-]{0,62})`, `(?i)failed to resolve host '([A-Za-z0-9][A-Za-z0-9._-]{0,62})'`),
		say("the port is taken: in the pod 5432 belongs to the database; listen on the port in PORT",
			`EADDRINUSE`, `(?i)address (?:already )?in use`),
		say("a module or package is not in the image: install it in the Dockerfile, and not as a development dependency only",
			`(?i)cannot find (?:module|package)`, `ERR_MODULE_NOT_FOUND`, `(?i)ModuleNotFoundError`, `(?i)No module named`, `(?i)cannot load such file`, `ClassNotFoundException`, `NoClassDefFoundError`, `(?i)Could not find or load main class`),
		say("the program wants to change its user or the owner of files at start, which a container without capabilities may not: do so in the Dockerfile (USER, chown) instead",
			`(?i)(?:setuid|setgid|setgroups|gosu|su-exec|chown|switching to user)[^\n]{0,80}(?:operation not permitted|EPERM)`, `(?i)operation not permitted[^\n]{0,40}(?:setuid|setgid|chown)`, `(?i)su: [^\n]{0,60}(?:cannot set|permission denied)`),
		say("the program needs more memory than it is given",
			`(?i)heap out of memory`, `OutOfMemoryError`, `(?i)\bMemoryError\b`, `(?i)cannot allocate memory`),
		say("the program may not write where it wants to; files that it makes belong in /tmp or in a VOLUME",
			`(?i)read-only file system`, `\bEROFS\b`, `\bEACCES\b`, `(?i)AccessDeniedException`),
		say("the program looks for something outside: a pod has no network but its own loopback",
			`(?i)network is unreachable`, `\bENETUNREACH\b`),
		say("a source file cannot be read by its language: look at the line that the log names",
			`SyntaxError`, `(?i)\bsyntax error\b`, `IndentationError`),
		say("a file that the program needs is not in the image: look at COPY and .dockerignore",
			`\bENOENT\b`, `FileNotFoundError`, `(?i)no such file or directory`),
	}
}

// variablePatterns are the ways in which programs and their libraries say that a variable
// of the environment is missing.
func variablePatterns() []string {
	const quote = "[\"'`]?"
	return []string{
		`KeyError: '` + name + `'`,
		`(?i:environment variable not found:?\s*)` + quote + name,
		`(?i:environment variable|env var(?:iable)?)\s+` + quote + name + quote + `\s+(?i:is\s+|was\s+|has\s+|should\s+)?(?i:not\s+(?:set|found|defined|provided|be empty)|required|missing|undefined|unset|empty|must be set)`,
		`(?i:(?:missing|required|undefined|unset)\s+(?:required\s+)?(?:environment|env|config(?:uration)?)(?:\s+var(?:iable)?s?)?\(?s?\)?:?)\s+` + quote + name,
		`(?i:required key )` + name + `(?i: missing value)`,
		quote + name + quote + `\s+(?i:environment variable\s+|env(?:ironment)?\s+var(?:iable)?\s+)?(?i:is\s+|was\s+|must\s+be\s+|has\s+)?(?i:not\s+(?:set|found|defined|provided)|required|missing|undefined|must be set|empty\b|unset|be set|set!|provided)`,
		`(?i:could not resolve placeholder ')` + name + `'`,
		`(?m)^` + name + `\n\s+(?i:field required|input should be)`,
		`(?i:please (?:set|provide|define)(?: the)?(?: environment variable)?)\s+` + quote + name,
	}
}

func missingVariable(variable string) string {
	return fmt.Sprintf("the program asks for the environment variable %s: give it a default, or set it in takehome.yaml (start.env)", variable)
}

// refusedPort knows the usual tenants of a port.
func refusedPort(port string) string {
	tenants := map[string]string{
		"3306": "MySQL", "6379": "Redis", "27017": "MongoDB", "5672": "RabbitMQ", "9092": "Kafka", "9200": "Elasticsearch", "11211": "Memcached",
	}
	if tenant, known := tenants[port]; known {
		return fmt.Sprintf("the program needs %s (port %s), which the pod does not have: use the Postgres in DATABASE_URL", tenant, port)
	}
	if port == "5432" {
		return "the program could not reach its database, or looked for it where it is not: use the address in DATABASE_URL"
	}
	return fmt.Sprintf("the program connects to port %s, where nothing listens: use the address in DATABASE_URL", port)
}

func unknownHost(host string) string {
	return fmt.Sprintf("the program looks for the host %q, which is not in the pod: use the address in DATABASE_URL", strings.ToLower(host))
}
