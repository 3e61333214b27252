package restapi

import (
	"math"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The shapes in which credentials are written down. Tokens whose issuer gave them a shape
// of their own are known by it; for all others the name beside the value has to speak of a
// secret, and the value has to look like one that was made, not like a word.
var (
	literalURL = regexp.MustCompile(`\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|smtps?|https?)(?:\+\w+)?://([^:/\s"'@{}$<]+):([^@\s"'{}$</]+)@`)
	knownToken = regexp.MustCompile(`\b(?:` + strings.Join([]string{
		`(?:AKIA|ASIA)[0-9A-Z]{16}`,                      // Amazon
		`gh[pousr]_[A-Za-z0-9]{36}`, `github_pat_\w{82}`, // GitHub
		`glpat-[A-Za-z0-9_-]{20}`,                           // GitLab
		`(?:sk|rk)_live_[A-Za-z0-9]{20,}`,                   // Stripe
		`xox[abeprs]-[A-Za-z0-9-]{20,}`,                     // Slack
		`AIza[0-9A-Za-z_-]{35}`, `GOCSPX-[A-Za-z0-9_-]{28}`, // Google
		`SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`,              // SendGrid
		`npm_[A-Za-z0-9]{36}`, `pypi-AgEIcHlwaS5vcmc[\w-]{50,}`, // package registries
		`sk-(?:proj-|ant-[a-z0-9]+-)?[A-Za-z0-9_-]{40,}`, // OpenAI, Anthropic
		`dop_v1_[a-f0-9]{64}`,                            // DigitalOcean
	}, "|") + `)\b|-----BEGIN (?:RSA |EC |DSA |OPENSSH |PGP )?PRIVATE KEY(?: BLOCK)?-----`)
	assignment = regexp.MustCompile(`(?i)\b[\w.]*` + secretName + `[\w]*["']?\s*(?::=|:|=)\s*["'` + "`" + `]([^"'` + "`" + `\s]{8,200})["'` + "`" + `]`)
	// fallback is the literal for when a setting is missing: process.env.JWT_SECRET || "…",
	// os.getenv("JWT_SECRET", "…"), ${JWT_SECRET:…}.
	fallback     = regexp.MustCompile(`(?i)\b[\w.]*` + secretName + `[\w]*["'\])]*\s*(?:,|\|\||\?\?|\bor\b)\s*["'` + "`" + `]([^"'` + "`" + `\s]{8,200})["'` + "`" + `]`)
	plainDefault = regexp.MustCompile(`(?i)\$\{[\w.]*` + secretName + `\w*:-?([^\s"'{}$]{8,200})\}`)
	// plainEntry is an entry of a settings file, without quotes; its name ends with the word.
	plainEntry  = regexp.MustCompile(`(?i)^\s*(?:- )?[\w.-]*` + secretName + `\s*[:=]\s*([^\s"'#]{12,200})\s*(?:#.*)?$`)
	envLine     = regexp.MustCompile(`(?im)^\s*(?:export\s+)?([A-Z][A-Z0-9_]*(?:SECRET|PASSWORD|TOKEN|API_?KEY|PRIVATE_?KEY)[A-Z0-9_]*)\s*=\s*["']?([^\s"'#]+)`)
	placeholder = regexp.MustCompile(`(?i)change.?me|example|placeholder|your|xxx|dummy|todo|test|sample|secret|password|postgres|default|local|dev|admin|root|user|pass|insert|replace|<|\$|\{|\*\*`)
)

const secretName = `(?:secret|password|passwd|api_?key|access_?key|auth_?token|access_?token|private_?key)`

// developmentPasswords are what people write for a database on their own machine.
var developmentPasswords = []string{"postgres", "password", "passwd", "pass", "secret", "example", "root", "admin", "user", "todo", "todos", "app", "dev", "test", "pg", "db", "1234", "12345", "123456", "changeme"}

// isExample leaves out what is meant to be copied and what is no code of the candidate's.
func isExample(file string) bool {
	base := strings.ToLower(path.Base(file))
	return strings.Contains(base, "example") || strings.Contains(base, "sample") || strings.Contains(base, ".dist") ||
		strings.Contains(base, "template") || strings.Contains(base, "test") || strings.Contains(base, "lock") ||
		strings.HasSuffix(base, ".md") || strings.HasSuffix(base, ".sum") || strings.Contains(base, "compose")
}

// fileKind says how the lines of a file are to be read.
type fileKind int

const (
	codeFile     fileKind = iota
	envFile               // NAME=value
	settingsFile          // name: value, name = value
)

func kindOfFile(file string) fileKind {
	base := strings.ToLower(path.Base(file))
	switch {
	case strings.HasPrefix(base, ".env"), strings.HasSuffix(base, ".env"):
		return envFile
	case slices.Contains([]string{".yml", ".yaml", ".properties", ".toml", ".ini", ".cfg", ".conf"}, path.Ext(base)):
		return settingsFile
	}
	return codeFile
}

// secretLines lists the lines of a file that hold a credential.
func secretLines(file, text string) []int {
	kind := kindOfFile(file)
	var lines []int
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		if len(line) > 2000 {
			continue
		}
		if holdsSecret(line, kind) {
			lines = append(lines, number)
		}
	}
	return lines
}

func holdsSecret(line string, kind fileKind) bool {
	if knownToken.MatchString(line) {
		return true
	}
	for _, match := range literalURL.FindAllStringSubmatch(line, 4) {
		if !slices.Contains(developmentPasswords, strings.ToLower(match[2])) && match[1] != match[2] && !placeholder.MatchString(match[2]) {
			return true
		}
	}
	if kind == envFile {
		match := envLine.FindStringSubmatch(line)
		return match != nil && len(match[2]) >= 12 && !placeholder.MatchString(match[2])
	}
	shapes := []*regexp.Regexp{assignment, fallback, plainDefault}
	if kind == settingsFile {
		shapes = append(shapes, plainEntry)
	}
	return slices.ContainsFunc(shapes, func(shape *regexp.Regexp) bool {
		match := shape.FindStringSubmatch(line)
		return match != nil && made(match[1])
	})
}

// made tells a value that a machine made from a word, a path or an example.
func made(text string) bool {
	return len(text) >= 12 && !placeholder.MatchString(text) && mixed(text) && !strings.Contains(text, "/.") && entropy(text) >= 3
}

// mixed tells a key from words: one of its parts has letters and digits.
func mixed(text string) bool {
	parts := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.ContainsFunc(parts, func(part string) bool {
		return len(part) >= 4 && strings.ContainsFunc(part, unicode.IsDigit) && strings.ContainsFunc(part, unicode.IsLetter)
	})
}

// entropy is Shannon's, in bits per byte: 0 for one repeated letter, 4 for random hexadecimal.
func entropy(text string) float64 {
	var counts [256]int
	for i := range len(text) {
		counts[text[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			share := float64(n) / float64(len(text))
			bits -= share * math.Log2(share)
		}
	}
	return bits
}
