package notation

import (
	"maps"
	"slices"
	"strings"
)

// maxDOTDepth bounds how deep subgraphs may nest.
const maxDOTDepth = 32

// dotGraph is what a DOT text says, before it is understood as a diagram.
type dotGraph struct {
	names []string // of nodes, in the order in which they appear
	nodes map[string]*dotNode
	edges []dotEdge
}

type dotNode struct {
	line       int
	attributes map[string]dotToken
}

type dotEdge struct {
	line       int
	from, to   dotPlace
	attributes map[string]dotToken
}

// dotPlace is a node and perhaps one of its ports.
type dotPlace struct{ node, port string }

// dotDefaults are what "node [shape=box]" and "edge […]" say for what follows.
type dotDefaults struct{ node, edge map[string]dotToken }

func (d dotDefaults) copy() dotDefaults {
	return dotDefaults{merged(d.node, nil), merged(d.edge, nil)}
}

func merged(one, two map[string]dotToken) map[string]dotToken {
	all := make(map[string]dotToken, len(one)+len(two))
	maps.Copy(all, one)
	maps.Copy(all, two)
	return all
}

// dotReader reads the DOT language. A submission's graph is never handed to Graphviz: its
// attributes can name files and addresses.
type dotReader struct {
	*builder
	tokens []dotToken
	at     int
	graph  dotGraph
}

func parseDOT(b *builder, text string) {
	r := &dotReader{builder: b, tokens: scanDOT(b, text), graph: dotGraph{nodes: map[string]*dotNode{}}}
	if r.keyword("strict") {
		r.at++
	}
	if !r.keyword("graph") && !r.keyword("digraph") {
		b.problem(r.peek().line, "the text must begin with graph or digraph")
		return
	}
	r.at++
	if kind := r.peek().kind; kind == dotWord || kind == dotQuoted {
		r.at++
	}
	if !r.sign("{") {
		b.problem(r.peek().line, "the graph has no { … }")
		return
	}
	r.statements(dotDefaults{}, 0)
	r.understand()
}

func (r *dotReader) peek() dotToken { return r.tokens[r.at] }

func (r *dotReader) next() dotToken {
	token := r.tokens[r.at]
	if token.kind != dotEnd {
		r.at++
	}
	return token
}

func (r *dotReader) sign(text string) bool {
	if token := r.peek(); token.kind == dotSign && token.text == text {
		r.at++
		return true
	}
	return false
}

func (r *dotReader) keyword(word string) bool {
	token := r.peek()
	return token.kind == dotWord && strings.EqualFold(token.text, word)
}

// statements reads up to the closing brace and returns the nodes that stood between.
func (r *dotReader) statements(defaults dotDefaults, depth int) []dotPlace {
	var places []dotPlace
	for {
		token := r.peek()
		switch {
		case token.kind == dotEnd:
			r.problem(token.line, "the graph is not closed with }")
			return places
		case r.sign("}"):
			return places
		case r.sign(";"), r.sign(","):
		case (r.keyword("node") || r.keyword("edge") || r.keyword("graph")) && r.follows("["):
			r.at++
			set := r.attributes()
			switch strings.ToLower(token.text) {
			case "node":
				defaults.node = merged(defaults.node, set)
			case "edge":
				defaults.edge = merged(defaults.edge, set)
			}
		case r.follows("="):
			r.at += 2
			r.next()
		default:
			places = append(places, r.chain(defaults, depth)...)
		}
		if len(places) > MaxEntities {
			places = places[:MaxEntities]
		}
	}
}

func (r *dotReader) follows(sign string) bool {
	after := r.tokens[min(r.at+1, len(r.tokens)-1)]
	return after.kind == dotSign && after.text == sign
}

// chain reads "a -> b -> {c d} [label=x]", or a node alone.
func (r *dotReader) chain(defaults dotDefaults, depth int) []dotPlace {
	line := r.peek().line
	ends := [][]dotPlace{r.end(defaults, depth)}
	all := slices.Clone(ends[0])
	for r.sign("->") || r.sign("--") {
		ends = append(ends, r.end(defaults, depth))
		all = append(all, ends[len(ends)-1]...)
	}
	set := r.attributes()
	if len(ends) == 1 {
		for _, place := range ends[0] {
			if node := r.graph.nodes[place.node]; node != nil && len(set) > 0 {
				node.attributes = merged(node.attributes, set)
			}
		}
		return all
	}
	attributes := merged(defaults.edge, set)
	for i := 1; i < len(ends); i++ {
		for _, from := range ends[i-1] {
			for _, to := range ends[i] {
				if len(r.graph.edges) < maxRelations {
					r.graph.edges = append(r.graph.edges, dotEdge{line, from, to, attributes})
				}
			}
		}
	}
	return all
}

// end reads a node, with or without a port, or a subgraph.
func (r *dotReader) end(defaults dotDefaults, depth int) []dotPlace {
	if r.keyword("subgraph") {
		r.at++
		if kind := r.peek().kind; kind == dotWord || kind == dotQuoted {
			r.at++
		}
	}
	token := r.peek()
	if r.sign("{") {
		if depth >= maxDOTDepth {
			r.problem(token.line, "subgraphs are nested deeper than %d", maxDOTDepth)
			r.at = len(r.tokens) - 1
			return nil
		}
		return r.statements(defaults.copy(), depth+1)
	}
	if token.kind != dotWord && token.kind != dotQuoted && token.kind != dotHTML {
		r.problem(token.line, "%q is no node", token.text)
		r.next()
		return nil
	}
	place := dotPlace{node: r.identifier()}
	for r.sign(":") {
		port := r.identifier()
		if place.port == "" {
			place.port = port
		}
	}
	if _, known := r.graph.nodes[place.node]; !known && len(r.graph.names) < 4*MaxEntities {
		r.graph.names = append(r.graph.names, place.node)
		r.graph.nodes[place.node] = &dotNode{token.line, defaults.node}
	}
	return []dotPlace{place}
}

// identifier reads a name; quoted ones may be joined with +.
func (r *dotReader) identifier() string {
	var text strings.Builder
	text.WriteString(r.next().text)
	for r.peek().kind == dotSign && r.peek().text == "+" && r.tokens[r.at+1].kind == dotQuoted {
		r.at++
		text.WriteString(r.next().text)
	}
	return text.String()
}

// attributes reads any number of lists "[a=b, c]".
func (r *dotReader) attributes() map[string]dotToken {
	set := map[string]dotToken{}
	for r.sign("[") {
		for !r.sign("]") {
			token := r.peek()
			switch {
			case token.kind == dotEnd:
				r.problem(token.line, "the attributes are not closed with ]")
				return set
			case r.sign(","), r.sign(";"):
				continue
			}
			key := strings.ToLower(r.identifier())
			if r.sign("=") {
				value := r.peek()
				value.text = r.identifier()
				set[key] = value
			}
		}
	}
	return set
}
