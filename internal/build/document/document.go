// Package document reads YAML that a stranger wrote (compose files, takehome.yaml,
// application.yml) into a plain tree of maps, lists and texts. Anchors and merge keys
// are followed with a budget, so that an alias bomb ends as an error and not as memory.
package document

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Limits of one document.
const (
	// SizeLimit is the number of bytes up to which a document is read.
	SizeLimit = 256 << 10
	maxNodes  = 50_000
	maxDepth  = 64
)

// Kind is the shape of a Node.
type Kind int

// The kinds of a Node. Absent is the zero value: what is not there can be asked on.
const (
	Absent Kind = iota
	Null
	Scalar
	List
	Map
)

// Node is a part of a document.
type Node struct {
	Kind    Kind
	Line    int
	text    string
	items   []Node
	entries []Entry
}

// Entry is a key of a map and its value.
type Entry struct {
	Key   string
	Line  int
	Value Node
}

// Parse reads the first document of text. An error says what is wrong and where; it is
// about the text, never about us.
func Parse(text string) (Node, error) {
	if len(text) > SizeLimit {
		return Node{}, fmt.Errorf("it is larger than %d KiB", SizeLimit>>10)
	}
	root, err := load(text)
	if err != nil {
		return Node{}, err
	}
	reader := walker{left: maxNodes}
	return reader.node(root, 0)
}

func load(text string) (root *yaml.Node, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			root, err = nil, errors.New("it is not valid YAML")
		}
	}()
	var document yaml.Node
	err = yaml.NewDecoder(strings.NewReader(text)).Decode(&document)
	switch {
	case errors.Is(err, io.EOF):
		return &yaml.Node{Kind: yaml.DocumentNode}, nil
	case err != nil:
		return nil, fmt.Errorf("it is not valid YAML: %s", strings.TrimPrefix(firstLine(err.Error()), "yaml: "))
	}
	return &document, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

type walker struct{ left int }

var (
	errTooMany = errors.New("it has too many nodes; its aliases multiply each other")
	errTooDeep = errors.New("it is nested too deeply")
)

func (w *walker) node(from *yaml.Node, depth int) (Node, error) {
	if w.left--; w.left < 0 {
		return Node{}, errTooMany
	}
	if depth > maxDepth {
		return Node{}, errTooDeep
	}
	switch from.Kind {
	case yaml.DocumentNode:
		if len(from.Content) == 0 {
			return Node{}, nil
		}
		return w.node(from.Content[0], depth)
	case yaml.AliasNode:
		if from.Alias == nil {
			return Node{}, nil
		}
		return w.node(from.Alias, depth+1)
	case yaml.ScalarNode:
		if from.Tag == "!!null" {
			return Node{Kind: Null, Line: from.Line}, nil
		}
		return Node{Kind: Scalar, Line: from.Line, text: from.Value}, nil
	case yaml.SequenceNode:
		return w.list(from, depth)
	case yaml.MappingNode:
		return w.mapping(from, depth)
	case yaml.StreamNode:
	}
	return Node{}, nil
}

func (w *walker) list(from *yaml.Node, depth int) (Node, error) {
	made := Node{Kind: List, Line: from.Line}
	for _, item := range from.Content {
		read, err := w.node(item, depth+1)
		if err != nil {
			return Node{}, err
		}
		made.items = append(made.items, read)
	}
	return made, nil
}

func (w *walker) mapping(from *yaml.Node, depth int) (Node, error) {
	made := Node{Kind: Map, Line: from.Line}
	var merged []Node
	for i := 0; i+1 < len(from.Content); i += 2 {
		key := from.Content[i]
		value, err := w.node(from.Content[i+1], depth+1)
		if err != nil {
			return Node{}, err
		}
		switch {
		case key.Kind != yaml.ScalarNode:
		case key.Value == "<<":
			merged = append(merged, value)
		default:
			made.entries = append(made.entries, Entry{Key: key.Value, Line: key.Line, Value: value})
		}
	}
	for _, value := range merged {
		if err := w.merge(&made, value); err != nil {
			return Node{}, err
		}
	}
	return made, nil
}

// merge adds the entries of a merge key ("<<: *defaults") that the map does not have itself.
func (w *walker) merge(into *Node, value Node) error {
	sources := []Node{value}
	if value.Kind == List {
		sources = value.items
	}
	for _, source := range sources {
		for _, entry := range source.entries {
			if w.left--; w.left < 0 {
				return errTooMany
			}
			if into.Get(entry.Key).Kind == Absent {
				into.entries = append(into.entries, entry)
			}
		}
	}
	return nil
}

// Get walks down maps by key. What is not there is an absent Node.
func (n Node) Get(keys ...string) Node {
	for _, key := range keys {
		found := Node{}
		for _, entry := range n.entries {
			if entry.Key == key {
				found = entry.Value // the last one wins, as in every reader that does not refuse
			}
		}
		n = found
	}
	return n
}

// Has reports whether there is something, be it null.
func (n Node) Has() bool { return n.Kind != Absent }

// Text is a scalar as it was written, without quotes, and "" for everything else.
func (n Node) Text() string { return n.text }

// Items are the items of a list.
func (n Node) Items() []Node { return n.items }

// Entries are the entries of a map in the order of the file.
func (n Node) Entries() []Entry { return n.entries }

// Texts are the scalars of a list, or the one scalar, as a list.
func (n Node) Texts() []string {
	if n.Kind == Scalar {
		return []string{n.text}
	}
	var texts []string
	for _, item := range n.items {
		if item.Kind == Scalar {
			texts = append(texts, item.text)
		}
	}
	return texts
}
