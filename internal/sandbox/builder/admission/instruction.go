package admission

import (
	"encoding/csv"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

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
		if forbiddenPath(j.expand(command.Path)) {
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
	for _, document := range node.Heredocs {
		if document.Content != "" && !strings.HasSuffix(document.Content, "\n") {
			return "", j.refuse(node, "heredoc", "the here-document has no end", "end it with its word on a line of its own")
		}
		text += "\n" + document.Content + document.Name
	}
	return text, nil
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

// from begins a stage.
func (j *judge) from(node *parser.Node, from *instructions.Stage) (*takehome.Breakdown, error) {
	if len(j.stages) == maxStages {
		return nil, j.refuse(node, "size", fmt.Sprintf("the Dockerfile has more than %d stages", maxStages), "shorten it")
	}
	name, _, err := shell.NewLex(parser.DefaultEscapeToken).ProcessWord(from.BaseName, shell.EnvsFromSlice(j.environment()))
	if err != nil || name == "" {
		return j.malformed(parser.WithLocation(fmt.Errorf("FROM %s names no image", takehome.Line(from.BaseName)), node.Location())), nil
	}
	if strings.ContainsAny(name, " \t\\\"'") {
		return nil, j.refuse(node, "from", "FROM names no image", "start from an official image by its name and version")
	}
	begun := &stage{name: from.Name}
	if from.Name != "" && j.stageNamed(from.Name) != nil {
		return j.malformed(parser.WithLocation(fmt.Errorf("two stages are called %s", takehome.Line(from.Name)), node.Location())), nil
	}
	head, rest := "FROM ", ""
	for _, flag := range node.Flags {
		head += flag + " "
	}
	if from.Name != "" {
		rest = " AS " + from.Name
	}
	at := line{text: head, image: name, rest: rest}
	if below := j.byName(name); below != nil {
		begun.base = below
		begun.env = append(begun.env, below.env...)
		at = line{text: head + name + rest}
	} else {
		begun.image = name
	}
	begun.lines = append(begun.lines, at)
	j.stages = append(j.stages, begun)
	return nil, nil
}

// byName finds an earlier stage by name only; a number after FROM is an image.
func (j *judge) byName(name string) *stage {
	if found := j.stageNamed(name); found != nil && found.name != "" && strings.EqualFold(found.name, name) {
		return found
	}
	return nil
}

// declare takes in ARG, with the values that the build is given.
func (j *judge) declare(command *instructions.ArgCommand) {
	for _, arg := range command.Args {
		value, given := j.options.Args[arg.Key]
		if !given && arg.Value != nil {
			value = j.expand(*arg.Value)
		} else if !given {
			for _, before := range j.args {
				if before.name == arg.Key {
					value = before.value
				}
			}
		}
		declared := &setting{arg.Key, value}
		if len(j.stages) == 0 {
			j.args = append(j.args, declared)
			continue
		}
		current := j.stages[len(j.stages)-1]
		current.env = append(current.env, declared)
	}
}

// expand replaces variables as far as the file itself gives their values.
func (j *judge) expand(word string) string {
	env := j.environment()
	if len(j.stages) > 0 {
		env = nil
		for _, s := range j.stages[len(j.stages)-1].env {
			env = append(env, s.name+"="+s.value)
		}
	}
	expanded, _, err := shell.NewLex(parser.DefaultEscapeToken).ProcessWord(word, shell.EnvsFromSlice(env))
	if err != nil {
		return word
	}
	return expanded
}

// remote matches what ADD would fetch from somewhere: any scheme, and git's own forms.
var remote = regexp.MustCompile(`(?i)^(?:[a-z][a-z0-9+.-]*://|[^/]+@[^/:]+:|github\.com/)`)

// add judges ADD. The engine itself fetches what it names, from the engine's own
// network: nothing but files of the submission may be named.
func (j *judge) add(node *parser.Node, command *instructions.AddCommand, written string) (string, error) {
	const hint = "put the file into the repository and COPY it, or fetch it in a RUN instruction"
	if command.Checksum != "" || command.KeepGitDir != nil {
		return "", j.refuse(node, "add-url", "ADD fetches from the network of the engine", hint)
	}
	variable := false
	for _, source := range command.SourcePaths {
		if remote.MatchString(source) || remote.MatchString(j.expand(source)) {
			return "", j.refuse(node, "add-url", "ADD fetches from the network of the engine", hint)
		}
		// A path with a fixed first part cannot become an address; one that starts
		// with a variable could, by a value that the base image sets.
		variable = variable || strings.ContainsAny(firstPart(source), "$\\\"'")
	}
	if !variable {
		return written, nil
	}
	if command.Unpack != nil {
		return "", j.refuse(node, "add-url", "ADD of a variable could fetch from the network of the engine", "write COPY in its place")
	}
	// COPY does the same with every file but an archive, and never fetches.
	return "COPY" + written[len("ADD"):], nil
}

func firstPart(source string) string {
	first, _, _ := strings.Cut(source, "/")
	return first
}

// copy judges COPY --from.
func (j *judge) copy(node *parser.Node, command *instructions.CopyCommand, written string) (*takehome.Breakdown, line, error) {
	if command.From == "" {
		return nil, line{text: written}, nil
	}
	broken, image, err := j.source(node, command.From)
	if broken != nil || err != nil || image == "" {
		return broken, line{text: written}, err
	}
	return nil, cutAt(written, "--from=", image), nil
}

// source judges what COPY --from or a mount reads: an earlier stage, or an image
// from outside, whose name it returns.
func (j *judge) source(node *parser.Node, name string) (*takehome.Breakdown, string, error) {
	wrong := func(format string) *takehome.Breakdown {
		return j.malformed(parser.WithLocation(fmt.Errorf(format, takehome.Line(name)), node.Location()))
	}
	if strings.ContainsAny(name, "$") {
		return wrong("from=%s: a variable cannot be used here"), "", nil
	}
	if strings.ContainsAny(name, " \t\\\"',") {
		return nil, "", j.refuse(node, "from", "this is not the name of a stage or an image", "name a stage")
	}
	current := j.stages[len(j.stages)-1]
	if found := j.stageNamed(name); found != nil {
		if found == current {
			return wrong("from=%s: a stage cannot read itself"), "", nil
		}
		if _, err := strconv.Atoi(name); err == nil {
			current.uses = append(current.uses, j.stages...) // numbers stay right only if no stage is left out
			return nil, "", nil
		}
		current.uses = append(current.uses, found)
		return nil, "", nil
	}
	if _, err := strconv.Atoi(name); err == nil {
		return wrong("from=%s: there is no such stage before this one"), "", nil
	}
	if name == "scratch" {
		return nil, "", nil
	}
	current.other = append(current.other, name)
	return nil, name, nil
}

// cutAt prepares the text around an image's name.
func cutAt(written, before, image string) line {
	cut := strings.Index(written, before+image)
	if cut < 0 { // written in a way that leaves the name as it is
		return line{text: written}
	}
	cut += len(before)
	return line{text: written[:cut], image: image, rest: written[cut+len(image):]}
}

// run judges the flags of RUN.
func (j *judge) run(node *parser.Node, written string) (*takehome.Breakdown, line, error) {
	at := line{text: written}
	for _, flag := range node.Flags {
		name, value, _ := strings.Cut(strings.TrimPrefix(flag, "--"), "=")
		switch strings.ToLower(name) {
		case "network":
			if value != "default" && value != "none" {
				return nil, at, j.refuse(node, "network", "RUN asks for the network of the engine's machine", "remove --network")
			}
		case "security":
			if value != "sandbox" {
				return nil, at, j.refuse(node, "security", "RUN asks for rights over the engine's machine", "remove --security")
			}
		case "mount":
			broken, image, err := j.mount(node, value)
			if broken != nil || err != nil {
				return broken, at, err
			}
			if image != "" && at.image == "" {
				at = cutAt(written, "from=", image)
			}
		default:
			return nil, at, j.refuse(node, "flag", "RUN has a flag that is not known to be safe", "remove --"+name)
		}
	}
	return nil, at, nil
}

// mount judges one --mount of RUN and returns the image from outside that it reads.
func (j *judge) mount(node *parser.Node, value string) (*takehome.Breakdown, string, error) {
	fields, err := csv.NewReader(strings.NewReader(value)).Read()
	if err != nil {
		return j.malformed(parser.WithLocation(errors.New("--mount cannot be read"), node.Location())), "", nil
	}
	kind, image := "bind", ""
	for _, field := range fields {
		key, value, _ := strings.Cut(field, "=")
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "type":
			kind = strings.ToLower(value)
		case "from":
			broken, name, err := j.source(node, value)
			if broken != nil || err != nil {
				return broken, "", err
			}
			image = name
		case "target", "dst", "destination":
			if forbiddenPath(j.expand(value)) {
				return nil, "", j.refuse(node, "path", "the target of the mount is below /proc, /sys or /dev", "use another target")
			}
		}
	}
	switch kind {
	case "bind", "cache", "tmpfs":
		return nil, image, nil
	case "secret", "ssh":
		return nil, "", j.refuse(node, "mount", "a build here has no secrets and no keys", "make the build work without --mount=type="+kind)
	}
	return nil, "", j.refuse(node, "mount", "the type of the mount is not known to be safe", "use type=cache, type=bind or type=tmpfs")
}

// forbiddenPath tells that a path leads to the kernel's own files (CVE-2024-21626).
func forbiddenPath(name string) bool {
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
