package dockerfile

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// SizeLimit is the number of bytes up to which a Dockerfile is read.
const SizeLimit = 256 << 10

// maxExpanded keeps variables that refer to each other from doubling without end.
const maxExpanded = 4 << 10

// File is what a Dockerfile says about the image of one stage, over the stages that it
// is made from.
type File struct {
	Bases      []string // images from outside, in order, without duplicates
	Entrypoint []string
	Command    []string
	Ports      []int
	Env        []Variable // in order
	Workdir    string
	Runs       []string // texts of all RUN instructions of the stage and those below it
	Copies     []string // sources of COPY and ADD from the context, of every stage
	LastStage  bool     // the stage that was asked for is the last one of the file
}

// Variable is one ENV of a Dockerfile, as it is written.
type Variable struct{ Name, Value string }

var errNotDockerfile = errors.New("it is not a Dockerfile")

type stage struct {
	name, base string
	nodes      []*parser.Node
}

// Read reads a Dockerfile up to the given stage, or to the last one. An error says what
// is wrong with the file; it is about the file, never about us.
func Read(text []byte, target string) (file File, err error) {
	defer func() { // the parser was not made for hostile text
		if caught := recover(); caught != nil {
			file, err = File{}, errNotDockerfile
		}
	}()
	if len(text) > SizeLimit {
		return File{}, fmt.Errorf("it is larger than %d KiB", SizeLimit>>10)
	}
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return File{}, fmt.Errorf("%w: %w", errNotDockerfile, err)
	}
	stages := split(parsed.AST.Children)
	if len(stages) == 0 {
		return File{}, errors.New("it has no FROM")
	}
	chosen := len(stages) - 1
	if target != "" {
		found, ok := find(stages, target, len(stages))
		if !ok {
			return File{}, fmt.Errorf("it has no stage %q", target)
		}
		chosen = found
	}
	file = File{LastStage: chosen == len(stages)-1, Bases: bases(stages)}
	for _, each := range stages {
		file.Copies = append(file.Copies, copies(each.nodes)...)
	}
	for _, at := range lineage(stages, chosen) {
		file.apply(stages[at].nodes)
	}
	return file, nil
}

// split cuts a file into its stages. Only ARGs before the first FROM may be used in one.
func split(nodes []*parser.Node) []stage {
	var (
		stages    []stage
		arguments []Variable
	)
	for _, node := range nodes {
		words := wordsOf(node.Next)
		switch strings.ToLower(node.Value) {
		case "arg":
			if len(stages) == 0 {
				for _, word := range words {
					name, value, _ := strings.Cut(word, "=")
					arguments = append(arguments, Variable{Name: name, Value: expand(strings.Trim(value, `"'`), arguments)})
				}
			}
		case "from":
			if len(words) == 0 {
				continue
			}
			made := stage{base: expand(words[0], arguments)}
			if len(words) == 3 && strings.EqualFold(words[1], "as") {
				made.name = strings.ToLower(words[2])
			}
			stages = append(stages, made)
		default:
			if len(stages) > 0 {
				last := &stages[len(stages)-1]
				last.nodes = append(last.nodes, node)
			}
		}
	}
	return stages
}

func wordsOf(node *parser.Node) []string {
	var words []string
	for ; node != nil; node = node.Next {
		words = append(words, node.Value)
	}
	return words
}

// expand fills in variables as the builder does. A word that it cannot expand stays.
func expand(word string, known []Variable) string {
	if !strings.Contains(word, "$") || len(word) > maxExpanded {
		return word
	}
	environment := make([]string, 0, len(known))
	for _, variable := range known {
		environment = append(environment, variable.Name+"="+variable.Value)
	}
	expanded, _, err := shell.NewLex(parser.DefaultEscapeToken).ProcessWord(word, shell.EnvsFromSlice(environment))
	if err != nil || len(expanded) > maxExpanded {
		return word
	}
	return expanded
}

// find looks a stage up by name or number among the first of the stages.
func find(stages []stage, name string, before int) (int, bool) {
	for i := before - 1; i >= 0; i-- {
		if stages[i].name != "" && strings.EqualFold(stages[i].name, name) {
			return i, true
		}
	}
	number, err := strconv.Atoi(name)
	return number, err == nil && number >= 0 && number < before
}

func bases(stages []stage) []string {
	var found []string
	seen := map[string]bool{"scratch": true}
	for i, each := range stages {
		if _, ok := find(stages, each.base, i); ok || seen[each.base] {
			continue
		}
		seen[each.base] = true
		found = append(found, each.base)
	}
	return found
}

// lineage lists the stages that a stage is built on, from the lowest up to itself.
func lineage(stages []stage, at int) []int {
	line := []int{at}
	for {
		below, ok := find(stages, stages[at].base, at)
		if !ok {
			return line
		}
		line = append([]int{below}, line...)
		at = below
	}
}

func (f *File) apply(nodes []*parser.Node) {
	for _, node := range nodes {
		words := wordsOf(node.Next)
		switch strings.ToLower(node.Value) {
		case "cmd":
			f.Command = commandOf(node, words)
		case "entrypoint":
			f.Entrypoint = commandOf(node, words)
			f.Command = nil // of the stages below; one of the same stage usually follows
		case "expose":
			for _, word := range words {
				number, _, _ := strings.Cut(word, "/")
				if port, err := strconv.Atoi(expand(number, f.Env)); err == nil && port > 0 && port < 65536 {
					f.Ports = append(f.Ports, port)
				}
			}
		case "env":
			for i := 0; i+1 < len(words); i += 3 {
				f.Env = append(f.Env, Variable{Name: words[i], Value: expand(strings.Trim(words[i+1], `"'`), f.Env)})
			}
		case "workdir":
			f.Workdir = strings.Join(words, " ")
		case "run":
			f.Runs = append(f.Runs, runText(node, words))
		}
	}
	f.keepCommand(nodes)
}

// keepCommand finds a CMD that stands above the ENTRYPOINT of the same stage: it counts too.
func (f *File) keepCommand(nodes []*parser.Node) {
	if f.Command != nil {
		return
	}
	for _, node := range nodes {
		if strings.EqualFold(node.Value, "cmd") {
			f.Command = commandOf(node, wordsOf(node.Next))
		}
	}
}

func runText(node *parser.Node, words []string) string {
	lines := []string{strings.Join(words, " ")}
	for _, document := range node.Heredocs {
		lines = append(lines, document.Content)
	}
	return strings.Join(lines, "\n")
}

func commandOf(node *parser.Node, words []string) []string {
	if node.Attributes["json"] {
		return append([]string{}, words...)
	}
	if len(words) == 0 {
		return []string{}
	}
	return []string{"/bin/sh", "-c", strings.Join(words, " ")}
}

func copies(nodes []*parser.Node) []string {
	var sources []string
	for _, node := range nodes {
		name := strings.ToLower(node.Value)
		if name != "copy" && name != "add" || hasFlag(node.Flags, "--from") {
			continue
		}
		words := wordsOf(node.Next)
		if len(words) < 2 {
			continue
		}
		for _, source := range words[:len(words)-1] {
			if !strings.Contains(source, "://") && !strings.HasPrefix(source, "<<") {
				sources = append(sources, source)
			}
		}
	}
	return sources
}

func hasFlag(flags []string, name string) bool {
	for _, flag := range flags {
		if strings.HasPrefix(flag, name+"=") {
			return true
		}
	}
	return false
}

// WithStart adds a stage on top of a Dockerfile that replaces entrypoint and command,
// for a compose file that sets its own entrypoint. The name of the stage to build on is
// "" for the last one.
func WithStart(text []byte, target string, entrypoint, command []string) []byte {
	var out bytes.Buffer
	out.Write(bytes.TrimRight(text, "\n"))
	out.WriteString("\n\n# Added by takehome: the compose file sets the entrypoint.\n")
	if target != "" {
		out.WriteString("FROM " + target + "\n")
	}
	out.WriteString("ENTRYPOINT " + Array(entrypoint) + "\n")
	out.WriteString("CMD " + Array(command) + "\n")
	return out.Bytes()
}
