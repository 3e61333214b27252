package source

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A literal port in code, by the language that writes it so.
var portPatterns = map[language][]*regexp.Regexp{
	golang: {
		compile(`"(?:0\.0\.0\.0|localhost|127\.0\.0\.1)?:(\d{2,5})"`),
		compile(`(?i)\bport\s*:?=\s*"?(\d{4,5})\b`),
	},
	javascript: {
		compile(`\.listen\(\s*(\d{2,5})\b`),
		compile(`\.listen\(\s*\{[^}]{0,80}?\bport:\s*(\d{2,5})\b`),
		compile(`(?i)\bport\s*[:=]\s*(\d{4,5})\b`),
	},
	python: {
		compile(`\bport\s*=\s*(\d{2,5})\b`),
		compile(`(?i)\b\w*port\s*:\s*int\s*=\s*(\d{4,5})\b`),
	},
	ruby:     {compile(`\bset\s+:port,\s*(\d{2,5})\b`), compile(`\bport\s+(?:ENV\.fetch\([^)]*\)\s*\{\s*)?(\d{4,5})\b`)},
	jvm:      {compile(`(?i)\bport\s*=\s*(\d{4,5})\b`)},
	rust:     {compile(`"(?:0\.0\.0\.0|127\.0\.0\.1|\[::\]):(\d{2,5})"`)},
	php:      {compile(`\blisten\(\s*(\d{2,5})\b`)},
	dotnet:   {compile(`UseUrls\(\s*"https?://[^":]*:(\d{2,5})"`)},
	elixir:   {compile(`\bport:\s*(\d{4,5})\b`)},
	settings: {compile(`(?m)^\s*server\.port\s*=\s*(?:\$\{[^:}]*:)?(\d{2,5})`), compile(`(?m)^server:\s*\n(?:[ \t]+[^\n]*\n)*?[ \t]+port:\s*(?:\$\{[^:}]*:)?(\d{2,5})`)},
}

const maxPorts = 8

func portsIn(file string, lang language, text string) []Port {
	var found []Port
	for _, match := range portPatterns[lang] {
		for _, parts := range match.FindAllStringSubmatch(text, maxPorts) {
			number, ok := ListenNumber(parts[1])
			if port := (Port{Number: number, File: file}); ok && !slices.Contains(found, port) {
				found = append(found, port)
			}
		}
	}
	return found
}

// Announced finds the ports that a text for people names: addresses of the own machine
// and published ports of "docker run -p".
func Announced(text string) []int {
	var found []int
	for _, match := range announced {
		for _, parts := range match.FindAllStringSubmatch(text, maxPorts*2) {
			if number, ok := ListenNumber(parts[1]); ok {
				found = append(found, number)
			}
		}
	}
	return found
}

var announced = []*regexp.Regexp{
	compile(`(?:localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal):(\d{2,5})\b`),
	compile(`(?:-p|--publish)[ =]\S*?(\d{2,5})(?:/tcp)?(?:\s|$)`),
	compile("(?i)\\bports?\\b[ :=*`]{1,4}(\\d{4,5})\\b"),
}

// InCommand finds the port that a command line gives to its program.
func InCommand(command []string) (int, bool) {
	parts := commandPort.FindStringSubmatch(strings.Join(command, " "))
	if parts == nil {
		return 0, false
	}
	for _, digits := range parts[1:] {
		if number, ok := ListenNumber(digits); ok {
			return number, true
		}
	}
	return 0, false
}

var commandPort = compile(`(?:--port|-p|--http-port|--listen)[ =]["']?(\d{2,5})\b|(?:--bind|-b|--addr|--listen|--host-port|runserver)[ =]?["']?[\w.\[\]]*:?(\d{2,5})\b|-Dserver\.port=(\d{2,5})`)

// ListenNumber reads a port, unless it is one on which other servers of a repository listen.
func ListenNumber(digits string) (int, bool) {
	number, err := strconv.Atoi(digits)
	if err != nil || number < 80 || number > 65535 {
		return 0, false
	}
	switch number {
	case 5432, 5433, 6379, 27017, 3306, 5672, 15672, 9200, 9092, 2181, 1025, 8025, 5050, 5555, 9229, 443, 5173, 4200:
		return 0, false // 5555: Prisma Studio, 9229: Node's inspector, 5173 and 4200: Vite and Angular
	}
	return number, true
}
