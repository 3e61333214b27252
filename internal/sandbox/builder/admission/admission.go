// Package admission decides whether a stranger's Dockerfile may be built, and writes
// the text that is built in its place.
//
// On the straight line it stands between Recipe and builder. A Dockerfile is read
// with BuildKit's own parser; what could reach past the build's sandbox is refused
// with its line. The text that goes to the engine is written anew from what was read,
// one instruction a line and without directives, so that an engine whose parser is
// older or newer can find no other instructions in it than were looked at here.
package admission

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Limits of a Dockerfile. Honest ones stay a factor of four below.
const (
	maxBytes        = 256 << 10
	maxInstructions = 500
	maxStages       = 40
	maxLine         = 60 << 10 // of one instruction; builders read lines of 64 KiB
)

// Options is what a Dockerfile is judged against.
type Options struct {
	Name         string            // of the file, for messages: "api/Dockerfile"
	Args         map[string]string // build arguments, which may decide what FROM names
	Target       string            // the stage to build; empty: the last
	Architecture string            // of the engine, "amd64"
	// Old says that the engine's builder is older than Docker 23: it knows no
	// here-documents and no --link.
	Old bool
}

// Admitted is a Dockerfile that may be built.
type Admitted struct {
	// Bases are the images from outside that the build needs, in the order of the
	// file and without duplicates. "scratch" is not among them.
	Bases []string
	lines []line
}

// line is one instruction of the text that is built.
type line struct {
	text string // complete, without its line feed
	// Where the instruction names an image, text is cut in two and the name goes between.
	image, rest string
}

// Dockerfile is the text to build. Stages that the target does not need are left
// out, and the target is the last. Images are renamed as the given table says.
func (a Admitted) Dockerfile(renamed map[string]string) []byte {
	var out bytes.Buffer
	for _, line := range a.lines {
		name := line.image
		if other, ok := renamed[name]; ok {
			name = other
		}
		out.WriteString(line.text + name + line.rest + "\n")
	}
	return out.Bytes()
}

// Admit reads a Dockerfile. What cannot be read is the candidate's Breakdown; what
// policy forbids is a *takehome.Refusal; what this engine is too old for is a
// *takehome.Fault of the operator.
func Admit(text []byte, options Options) (Admitted, *takehome.Breakdown, error) {
	judge := &judge{options: options}
	if options.Name == "" {
		judge.options.Name = "Dockerfile"
	}
	if len(text) > maxBytes {
		return Admitted{}, nil, judge.refusal("size", "", fmt.Sprintf("it is larger than %d KiB", maxBytes>>10), "shorten it")
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if bytes.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }) >= 0 {
		return Admitted{}, nil, judge.refusal("characters", "", "it holds control characters", "save it as plain text")
	}
	if err := judge.directives(text); err != nil {
		return Admitted{}, nil, err
	}
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return Admitted{}, judge.malformed(err), nil
	}
	if len(parsed.AST.Children) > maxInstructions {
		return Admitted{}, nil, judge.refusal("size", "", fmt.Sprintf("it has more than %d instructions", maxInstructions), "shorten it")
	}
	for _, node := range parsed.AST.Children {
		command, err := instructions.ParseInstruction(node)
		if err != nil {
			return Admitted{}, judge.malformed(err), nil
		}
		broken, err := judge.instruction(node, command)
		if broken != nil || err != nil {
			return Admitted{}, broken, err
		}
	}
	return judge.result()
}

// judge walks through a Dockerfile.
type judge struct {
	options Options
	args    []*setting // ARG before the first FROM
	header  []line
	stages  []*stage
}

// setting is one value of the environment that instructions see.
type setting struct{ name, value string }

// stage is a part of the Dockerfile that begins with FROM.
type stage struct {
	name  string
	base  *stage   // where it starts from another stage
	image string   // otherwise
	uses  []*stage // COPY --from and mounts
	other []string // images of COPY --from and mounts, in order
	env   []*setting
	lines []line
}

// result picks the stages that the target needs.
func (j *judge) result() (Admitted, *takehome.Breakdown, error) {
	if len(j.stages) == 0 {
		return Admitted{}, j.malformed(errors.New("it has no FROM instruction")), nil
	}
	target := j.stages[len(j.stages)-1]
	if j.options.Target != "" {
		target = j.stageNamed(j.options.Target)
		if target == nil {
			return Admitted{}, j.malformed(fmt.Errorf("it has no stage %s", takehome.Line(j.options.Target))), nil
		}
	}
	for _, s := range j.stages {
		for _, image := range s.other {
			if j.stageNamed(image) != nil {
				return Admitted{}, j.malformed(fmt.Errorf("from=%s names a stage that comes later", takehome.Line(image))), nil
			}
		}
	}
	needed := map[*stage]bool{}
	var need func(*stage)
	need = func(s *stage) {
		if s == nil || needed[s] {
			return
		}
		needed[s] = true
		need(s.base)
		for _, other := range s.uses {
			need(other)
		}
	}
	need(target)
	admitted := Admitted{lines: slices.Clone(j.header)}
	for _, s := range j.stages {
		if !needed[s] {
			continue
		}
		admitted.lines = append(admitted.lines, s.lines...)
		for _, image := range append([]string{s.image}, s.other...) {
			if image != "" && image != "scratch" && !slices.Contains(admitted.Bases, image) {
				admitted.Bases = append(admitted.Bases, image)
			}
		}
	}
	return admitted, nil, nil
}

// stageNamed finds a stage that was read already, by its name, or by its number.
func (j *judge) stageNamed(name string) *stage {
	for _, s := range slices.Backward(j.stages) {
		if s.name != "" && strings.EqualFold(s.name, name) {
			return s
		}
	}
	for number, s := range j.stages {
		if strconv.Itoa(number) == name {
			return s
		}
	}
	return nil
}

// refusal names file, line and instruction.
func (j *judge) refusal(rule, entry, why, hint string) *takehome.Refusal {
	where := j.options.Name
	if entry != "" {
		where += " " + entry
	}
	return &takehome.Refusal{Rule: "dockerfile:" + rule, Entry: takehome.Line(where), Why: why, Hint: hint}
}

func (j *judge) refuse(node *parser.Node, rule, why, hint string) *takehome.Refusal {
	return j.refusal(rule, fmt.Sprintf("line %d: %s", node.StartLine, node.Original), why, hint)
}

// suggestion is what the parser adds to an error, and not the same in every run.
var suggestion = regexp.MustCompile(` \(did you mean .*\?\)`)

// malformed is what the candidate's file gets wrong.
func (j *judge) malformed(err error) *takehome.Breakdown {
	where := takehome.Line(j.options.Name)
	var located *parser.LocationError
	if errors.As(err, &located) && len(located.Locations) > 0 && len(located.Locations[0]) > 0 && located.Locations[0][0].Start.Line > 0 {
		where = fmt.Sprintf("%s line %d", where, located.Locations[0][0].Start.Line)
	}
	said := suggestion.ReplaceAllString(err.Error(), "")
	return &takehome.Breakdown{
		Phase: "build", Where: where,
		Reason: takehome.Line("the Dockerfile cannot be read: " + said),
		Help:   "docker build shows the same error",
	}
}

// environment is what FROM sees: the arguments before it and what BuildKit knows of the platform.
func (j *judge) environment() []string {
	architecture := j.options.Architecture
	if architecture == "" {
		architecture = "amd64"
	}
	known := map[string]string{}
	for _, side := range []string{"BUILD", "TARGET"} {
		known[side+"PLATFORM"], known[side+"OS"], known[side+"ARCH"] = "linux/"+architecture, "linux", architecture
	}
	for _, arg := range j.args {
		known[arg.name] = arg.value
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(known)) {
		list = append(list, name+"="+known[name])
	}
	return list
}
