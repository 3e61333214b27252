package restapi

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

var (
	literalURL  = regexp.MustCompile(`\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqp)(?:\+\w+)?://([^:/\s"'@{}$<]+):([^@\s"'{}$<]+)@`)
	knownToken  = regexp.MustCompile(`\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|sk_live_[A-Za-z0-9]{20,}|xox[bp]-[A-Za-z0-9-]{20,}|AIza[0-9A-Za-z_-]{35})\b|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----`)
	assignment  = regexp.MustCompile(`(?i)\b[\w.]*(secret|password|passwd|api_?key|access_?key|auth_?token|private_?key)[\w]*["']?\s*(?::|=|:=)\s*["'` + "`" + `]([^"'` + "`" + `\s]{8,200})["'` + "`" + `]`)
	envLine     = regexp.MustCompile(`(?im)^\s*(?:export\s+)?([A-Z][A-Z0-9_]*(?:SECRET|PASSWORD|TOKEN|API_?KEY|PRIVATE_?KEY)[A-Z0-9_]*)\s*=\s*["']?([^\s"'#]+)`)
	placeholder = regexp.MustCompile(`(?i)change.?me|example|placeholder|your|xxx|dummy|todo|test|sample|secret|password|postgres|default|local|dev|admin|root|user|pass|insert|replace|<|\$|\{|\*\*`)
)

// developmentPasswords are what people write for a database on their own machine.
var developmentPasswords = []string{"postgres", "password", "passwd", "pass", "secret", "example", "root", "admin", "user", "todo", "todos", "app", "dev", "test", "pg", "db", "1234", "12345", "123456", "changeme"}

// probeSecrets reads the repository for credentials that were written down.
// Development defaults and example files are no secrets.
func (r *grading) probeSecrets(context.Context, *script.Probing) (script.Observation, error) {
	root, err := os.OpenRoot(r.session.Submission.Dir)
	if err != nil {
		return script.Observation{}, fmt.Errorf("open the submission: %w", err)
	}
	defer func() { _ = root.Close() }() // opened for reading
	var places []string
	files := 0
	err = fs.WalkDir(root.FS(), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // a folder that cannot be read holds nothing for us
		}
		if entry.IsDir() {
			if slices.Contains([]string{"node_modules", "vendor", ".git", "test", "tests", "__tests__", "spec", "testdata", "docs", "examples"}, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if files++; files > maxScrapedFiles || !entry.Type().IsRegular() || isExample(file) {
			return nil
		}
		text, err := readCapped(root, file)
		if err != nil {
			return nil //nolint:nilerr // as above
		}
		for _, line := range secretLines(file, text) {
			places = append(places, fmt.Sprintf("%s:%d", takehome.Line(file), line))
		}
		return nil
	})
	if err != nil {
		return script.Observation{}, fmt.Errorf("read the submission: %w", err)
	}
	if len(places) == 0 {
		return seen("clean", "no credentials are written down"), nil
	}
	slices.Sort(places)
	text := takehome.Quote([]byte(strings.Join(places, "\n")), takehome.QuoteBody)
	return script.Observation{
		Label: "secret", Detail: "credentials are written down in " + places[0],
		Evidence: []takehome.Evidence{{Note: &takehome.Note{Title: "credentials are written down in", Text: text, OfFiles: true}}},
	}, nil
}

// isExample leaves out what is meant to be copied and what is no code of the candidate's.
func isExample(file string) bool {
	base := strings.ToLower(path.Base(file))
	return strings.Contains(base, "example") || strings.Contains(base, "sample") || strings.Contains(base, ".dist") ||
		strings.Contains(base, "template") || strings.Contains(base, "test") || strings.Contains(base, "lock") ||
		strings.HasSuffix(base, ".md") || strings.HasSuffix(base, ".sum") || strings.Contains(base, "compose")
}

// secretLines lists the lines of a file that hold a credential.
func secretLines(file, text string) []int {
	isEnv := strings.HasPrefix(path.Base(file), ".env")
	var lines []int
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		if len(line) > 2000 {
			continue
		}
		if holdsSecret(line, isEnv) {
			lines = append(lines, number)
		}
	}
	return lines
}

func holdsSecret(line string, isEnv bool) bool {
	if knownToken.MatchString(line) {
		return true
	}
	for _, match := range literalURL.FindAllStringSubmatch(line, 4) {
		if !slices.Contains(developmentPasswords, strings.ToLower(match[2])) && match[1] != match[2] && !placeholder.MatchString(match[2]) {
			return true
		}
	}
	if isEnv {
		match := envLine.FindStringSubmatch(line)
		return match != nil && len(match[2]) >= 12 && !placeholder.MatchString(match[2])
	}
	match := assignment.FindStringSubmatch(line)
	return match != nil && len(match[2]) >= 12 && !placeholder.MatchString(match[2]) && mixed(match[2])
}

// mixed tells a key from a word: it has letters and digits.
func mixed(text string) bool {
	return strings.ContainsAny(text, "0123456789") && strings.ContainsAny(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
}
