package admission

import (
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// from begins a stage.
func (j *judge) from(node *parser.Node, from *instructions.Stage) (*takehome.Breakdown, error) {
	if len(j.stages) == maxStages {
		return nil, j.refuse(node, "size", fmt.Sprintf("the Dockerfile has more than %d stages", maxStages), "shorten it")
	}
	name := ""
	if expanded, _, err := shell.NewLex(parser.DefaultEscapeToken).ProcessWord(from.BaseName, shell.EnvsFromSlice(j.environment())); err == nil {
		name = expanded
	}
	if name == "" {
		return j.malformed(parser.WithLocation(fmt.Errorf("FROM %s names no image", takehome.Line(from.BaseName)), node.Location())), nil
	}
	if strings.ContainsAny(name, " \t\\\"'") {
		return nil, j.refuse(node, "from", "FROM names no image", "start from an official image by its name and version")
	}
	begun := &stage{name: from.Name}
	if from.Name != "" && j.stageNamed(from.Name) != nil {
		return j.malformed(parser.WithLocation(fmt.Errorf("two stages are called %s", takehome.Line(from.Name)), node.Location())), nil
	}
	head, rest := strings.Join(append([]string{"FROM"}, node.Flags...), " ")+" ", ""
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
