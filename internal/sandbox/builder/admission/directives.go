package admission

import (
	"regexp"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// usualSyntax are the frontends that honest files name: Docker's own, whose features
// the engine's builder has as well. The line itself is never handed on.
var usualSyntax = regexp.MustCompile(`^(?:docker\.io/)?docker/dockerfile(?:-upstream)?(?::(?:1(?:\.\d+){0,2}(?:-labs|-experimental)?|experimental|labs|latest|master))?(?:@sha256:[0-9a-f]{64})?$`)

// anyDirective matches a comment that some version of a builder may obey.
var anyDirective = regexp.MustCompile(`^\s*(?:#|//)\s*([a-zA-Z]+)\s*=\s*(\S+)`)

// directives judges the comments before the first instruction.
func (j *judge) directives(text []byte) error {
	if strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		return j.refusal("syntax", "line 1", "it is no Dockerfile", "write it in Docker's own syntax")
	}
	if strings.HasPrefix(string(text), "#!") {
		return j.refusal("syntax", "line 1", "builders disagree about a file that starts with #!", "remove the first line")
	}
	for at := range strings.Lines(string(text)) {
		trimmed := strings.TrimSpace(at)
		if trimmed != "" && !strings.HasPrefix(trimmed, "#") && !strings.HasPrefix(trimmed, "//") {
			break
		}
		match := anyDirective.FindStringSubmatch(at)
		if match == nil {
			continue
		}
		switch strings.ToLower(match[1]) {
		case "syntax":
			if !usualSyntax.MatchString(match[2]) {
				return j.refusal("syntax", trimmed, "it asks for a builder of its own",
					"remove the line, or name docker/dockerfile:1")
			}
		case "escape":
			if match[2] != `\` {
				return j.refusal("escape", trimmed, "it changes the escape character", "use the backslash")
			}
		}
	}
	if syntax, _, _, found := parser.DetectSyntax(text); found && !usualSyntax.MatchString(syntax) {
		return j.refusal("syntax", syntax, "it asks for a builder of its own", "remove the line, or name docker/dockerfile:1")
	}
	return nil
}
