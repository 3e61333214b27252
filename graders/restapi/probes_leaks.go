package restapi

import (
	"context"
	"regexp"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// leakPatterns are signs of the inside of a program in what it answers (OWASP API8:
// verbose errors). Each is specific enough not to occur in an ordinary message.
var leakPatterns = map[string]*regexp.Regexp{
	"a stack frame": regexp.MustCompile(`(?m)^\s*at .{1,200}:\d+(:\d+)?\)?|\\n\s+at \S+ \(|Traceback \(most recent call last\)|File \\?"[^"]{1,200}\\?", line \d+|goroutine \d+ \[|\.go:\d+|\.java:\d+\)|\.rb:\d+:in`),
	"SQL":           regexp.MustCompile(`\bSELECT\s.{1,200}\sFROM\s|(?i)\bselect\s[^;]{1,200}\sfrom\s+\S+\s+(where|order by|group by|limit|left join|join)\b|\b(insert into \S+ ?\(|update \S+ set \S+ ?=|delete from \S+ where\b)`),
	"driver text":   regexp.MustCompile(`(?i)syntax error at or near|violates (check|unique|not-null|foreign key) constraint|invalid input syntax for|out of range for type|value too long for type|relation \\?"[^"]{1,80}\\?" does not exist|column \\?"[^"]{1,80}\\?" does not exist|SQLSTATE|\bpq: |\b(psycopg2?|asyncpg|sqlalchemy|pgx|SequelizeDatabaseError|QueryFailedError|PrismaClient\w*)\b|org\.hibernate|org\.postgresql|java\.lang\.|ActiveRecord::`),
	"a file path":   regexp.MustCompile(`(?:/(?:app|usr|home|src|var|opt|workspace|root|srv)/[\w./@-]{1,200}\.(?:js|mjs|cjs|ts|py|go|rb|java|kt|php))|node_modules|site-packages`),
}

// probeLeaks looks into every error answer for what does not belong there.
func (r *grading) probeLeaks(_ context.Context, at *script.Probing) (script.Observation, error) {
	password := at.Lab.Access(takehome.RoleOwner).Password
	withErrors, leaking, kinds := map[string]bool{}, map[string]bool{}, map[string]bool{}
	var evidence []*script.Exchange
	for _, e := range at.Ledger.Checked() {
		if !e.Answered() || e.Status < 400 {
			continue
		}
		withErrors[e.Check] = true
		text := everything(e)
		if password != "" && strings.Contains(text, password) {
			return script.Observation{Label: "secret", Detail: "an error shows the password of the database", Fault: "309", Evidence: shown([]*script.Exchange{e})}, nil
		}
		for _, name := range sortedKeys(leakPatterns) {
			if leakPatterns[name].MatchString(text) {
				kinds[name] = true
				if !leaking[e.Check] {
					leaking[e.Check] = true
					evidence = append(evidence, e)
				}
			}
		}
	}
	if len(leaking) == 0 {
		return seen("none", "errors show nothing of the inside"), nil
	}
	return script.Observation{
		Label: "measured", Share: takehome.Frac(int64(len(withErrors)-len(leaking)), int64(len(withErrors))), Fault: "309",
		Detail: "errors show " + strings.Join(sortedKeys(kinds), ", "), Evidence: shown(evidence),
	}, nil
}

// everything is the text of an answer, headers too. Those that hold noise by their nature
// are left out: a digest may spell any word.
func everything(e *script.Exchange) string {
	var text strings.Builder
	_, _ = text.Write(e.Body) // a Builder never fails
	for _, name := range sortedKeys(e.Header) {
		if name == "Etag" || name == "Set-Cookie" || strings.HasSuffix(name, "-Id") || strings.Contains(name, "Digest") {
			continue
		}
		text.WriteString("\n" + name + ": " + strings.Join(e.Header[name], ", "))
	}
	return text.String()
}
