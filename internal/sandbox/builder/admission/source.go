package admission

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/takehome-dev/takehome/internal/takehome"
)

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
