package admission

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// instruction judges one instruction and writes it down for the builder.
func (j *judge) instruction(node *parser.Node, command any) (*takehome.Breakdown, error) {
	if err := j.agreeable(node); err != nil {
		return nil, err
	}
	written, err := j.written(node)
	if err != nil {
		return nil, err
	}
	if from, ok := command.(*instructions.Stage); ok {
		return j.from(node, from)
	}
	if len(j.stages) == 0 {
		arg, ok := command.(*instructions.ArgCommand)
		if !ok {
			return j.malformed(parser.WithLocation(errors.New("the first instruction is not FROM"), node.Location())), nil
		}
		j.declare(arg)
		j.header = append(j.header, line{text: written})
		return nil, nil
	}
	current := j.stages[len(j.stages)-1]
	at := line{text: written}
	switch command := command.(type) {
	case *instructions.AddCommand:
		at.text, err = j.add(node, command, written)
	case *instructions.CopyCommand:
		var broken *takehome.Breakdown
		broken, at, err = j.copy(node, command, written)
		if broken != nil {
			return broken, nil
		}
	case *instructions.RunCommand:
		var broken *takehome.Breakdown
		broken, at, err = j.run(node, written)
		if broken != nil {
			return broken, nil
		}
	case *instructions.OnbuildCommand:
		err = j.refuse(node, "onbuild", "ONBUILD leaves instructions to a later build", "write the instruction itself")
	case *instructions.WorkdirCommand:
		if ForbiddenPath(j.expand(command.Path)) {
			err = j.refuse(node, "path", "WORKDIR is below /proc, /sys or /dev", "use a folder of the image, such as /app")
		}
	case *instructions.UserCommand:
		err = j.user(node, command)
	case *instructions.EnvCommand:
		for _, pair := range command.Env {
			current.env = append(current.env, &setting{pair.Key, j.expand(pair.Value)})
		}
	case *instructions.ArgCommand:
		j.declare(command)
	}
	if err != nil {
		return nil, err
	}
	current.lines = append(current.lines, at)
	return nil, nil
}

// heredocOperator is the only form of a here-document in which all builders agree.
var heredocOperator = regexp.MustCompile(`<<-?(?:[A-Za-z_][A-Za-z0-9_]*|'[A-Za-z_][A-Za-z0-9_]*'|"[A-Za-z_][A-Za-z0-9_]*")(?:\s|$)`)

// agreeable refuses instructions that builders of different versions may read differently.
func (j *judge) agreeable(node *parser.Node) error {
	if continues.MatchString(node.Original) || strings.ContainsAny(node.Original, "\r\n") {
		return j.refuse(node, "characters", "the instruction does not end with its line", "remove the trailing backslash")
	}
	if len(node.Original) > maxLine {
		return j.refuse(node, "size", fmt.Sprintf("the instruction is longer than %d KiB", maxLine>>10), "put it into a script")
	}
	if len(node.Heredocs) == 0 {
		return nil
	}
	if j.options.Old {
		return &takehome.Fault{
			Owner:   takehome.Operator,
			Summary: fmt.Sprintf("%s line %d has a here-document, which the builder of this engine does not know", takehome.Line(j.options.Name), node.StartLine),
			Hint:    "use Docker Engine 23 or later to grade this submission",
		}
	}
	if strings.Count(node.Original, "<<") != len(node.Heredocs) || len(heredocOperator.FindAllString(node.Original, -1)) != len(node.Heredocs) {
		return j.refuse(node, "heredoc", "builders disagree about where this here-document ends", "write <<EOF, with nothing else of that kind on the line")
	}
	return nil
}

// continues matches a line that a builder would join with the next.
var continues = regexp.MustCompile(`(?:^|[^\\])\\[ \t]*$`)

// written is the instruction as it is handed on.
func (j *judge) written(node *parser.Node) (string, error) {
	text := strings.TrimSpace(node.Original)
	if j.options.Old {
		text = withoutFlag(text, node, "--link")
	}
	parts := []string{text}
	for _, document := range node.Heredocs {
		if document.Content != "" && !strings.HasSuffix(document.Content, "\n") {
			return "", j.refuse(node, "heredoc", "the here-document has no end", "end it with its word on a line of its own")
		}
		parts = append(parts, document.Content+document.Name)
	}
	return strings.Join(parts, "\n"), nil
}

// withoutFlag drops a flag of COPY or ADD that only makes a build faster.
func withoutFlag(text string, node *parser.Node, flag string) string {
	keyword := strings.ToUpper(node.Value)
	if keyword != "COPY" && keyword != "ADD" {
		return text
	}
	for _, given := range node.Flags {
		if given == flag || given == flag+"=true" {
			text = strings.Replace(text, " "+given+" ", " ", 1)
		}
	}
	return text
}

// ForbiddenPath tells that a path leads to the kernel's own files (CVE-2024-21626).
func ForbiddenPath(name string) bool {
	cleaned := path.Clean("/" + strings.ReplaceAll(name, `\`, ""))
	for _, root := range []string{"/proc", "/sys", "/dev"} {
		if cleaned == root || strings.HasPrefix(cleaned, root+"/") && !strings.HasPrefix(cleaned, "/dev/shm") {
			return true
		}
	}
	return false
}

// user judges USER.
func (j *judge) user(node *parser.Node, command *instructions.UserCommand) error {
	expanded := j.expand(command.User)
	if strings.ContainsAny(expanded, "/\\ \t") {
		return j.refuse(node, "user", "USER names no user", "use a name or a number")
	}
	for part := range strings.SplitSeq(expanded, ":") {
		if number, err := strconv.ParseUint(part, 10, 64); err == nil && number > 1<<31-1 || errors.Is(err, strconv.ErrRange) {
			return j.refuse(node, "user", "the number of the user is too large", "use a number such as 1000")
		}
	}
	return nil
}
