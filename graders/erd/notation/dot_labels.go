package notation

import (
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/erd"
)

var (
	recordPort  = regexp.MustCompile(`<[^>|]*>`)
	writtenBoth = regexp.MustCompile(`^\s*([01nNmM*.]+)\s*(?:[:/–-]|to)\s*([01nNmM*.]+)\s*$`) // "1:N"
)

// understand makes a diagram of a graph: records and tables are entities with their columns,
// edges are relations. Where diamonds are drawn it is read in Chen's notation.
func (r *dotReader) understand() {
	chen := false
	for _, name := range r.graph.names {
		chen = chen || r.graph.nodes[name].shape() == "diamond"
	}
	ignored := map[string]bool{}
	for _, name := range r.graph.names {
		node := r.graph.nodes[name]
		shape := node.shape()
		switch {
		case shape == "note" || slices.Contains([]string{"legend", "note", "notes", "title", "caption", "key"}, strings.ToLower(name)) || shape == "point" || shape == "none" && node.attributes["label"].text == "",
			strings.Contains(node.attributes["style"].text, "invis"):
			ignored[name] = true
		case chen && (shape == "diamond" || shape == "ellipse" || shape == "oval" || shape == ""):
		default:
			r.entityOf(name, node)
		}
	}
	if chen {
		r.chen()
		return
	}
	for _, edge := range r.graph.edges {
		if ignored[edge.from.node] || ignored[edge.to.node] || strings.Contains(edge.attributes["style"].text, "invis") {
			continue
		}
		r.relate(edge.line, edge.relation())
	}
	if len(r.model.Entities) == 0 && len(r.problems) == 0 {
		r.problem(1, "the graph has no nodes")
	}
}

func (n *dotNode) shape() string { return strings.ToLower(n.attributes["shape"].text) }

func (r *dotReader) entityOf(name string, node *dotNode) {
	entity := r.entity(node.line, name)
	lines := labelLines(node.attributes["label"], node.shape())
	if len(lines) == 0 {
		return
	}
	also(entity, strings.Trim(lines[0].text, "*_ "))
	for _, line := range lines[1:] {
		attribute, ok := umlAttribute(line.text)
		if ok {
			attribute.Primary = attribute.Primary || line.underlined
			add(entity, attribute)
		}
	}
}

// labelLine is one line of a label as a reader sees it.
type labelLine struct {
	text       string
	underlined bool
}

// labelLines reads a label: HTML-like (rows of a table), of a record (fields), or plain.
func labelLines(label dotToken, shape string) []labelLine {
	if label.kind == dotHTML {
		return htmlLines(label.text)
	}
	text := label.text
	if shape == "record" || shape == "mrecord" {
		text = recordPort.ReplaceAllString(text, " ")
		text = strings.NewReplacer(`\{`, "(", `\}`, ")", `\|`, "/", "{", "\n", "}", "\n", "|", "\n").Replace(text)
	}
	text = strings.NewReplacer(`\l`, "\n", `\r`, "\n", `\n`, "\n", `\ `, " ", `\N`, "").Replace(text)
	var lines []labelLine
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, labelLine{text: line})
		}
	}
	return lines
}

// htmlLines reads the rows of an HTML-like label. Cells of a row are joined with spaces.
func htmlLines(label string) []labelLine {
	var lines []labelLine
	var line labelLine
	keep := func() {
		if line.text = strings.Join(strings.Fields(html.UnescapeString(line.text)), " "); line.text != "" {
			lines = append(lines, line)
		}
		line = labelLine{}
	}
	for label != "" {
		text, rest, isTag := strings.Cut(label, "<")
		line.text += text
		if !isTag {
			break
		}
		tag, after, _ := strings.Cut(rest, ">")
		label = after
		switch words := strings.Fields(strings.ToLower(strings.Trim(tag, "/ "))); {
		case len(words) == 0:
		case words[0] == "tr" || words[0] == "br" || words[0] == "table" || words[0] == "hr":
			keep()
		case words[0] == "td":
			line.text += " "
		case words[0] == "u":
			line.underlined = true
		}
	}
	keep()
	return lines
}

// relation reads an edge: arrow heads in crow's foot notation, or written cardinalities.
func (e dotEdge) relation() erd.Relation {
	relation := erd.Relation{
		From:  erd.End{Entity: e.from.node, Cardinality: arrow(e.attributes["arrowtail"].text)},
		To:    erd.End{Entity: e.to.node, Cardinality: arrow(e.attributes["arrowhead"].text)},
		Label: strings.ReplaceAll(e.attributes["label"].text, `\n`, " "),
	}
	if e.from.port != "" && e.to.port != "" {
		relation.From.Attributes, relation.To.Attributes = []string{e.from.port}, []string{e.to.port}
	}
	first, _, _ := strings.Cut(e.attributes["label"].text, `\n`)
	if match := writtenBoth.FindStringSubmatch(first); match != nil {
		relation.From.Cardinality, relation.To.Cardinality = cardinalityOf(match[1]), cardinalityOf(match[2])
	}
	for key, end := range map[string]*erd.End{"taillabel": &relation.From, "headlabel": &relation.To} {
		if written := cardinalityOf(e.attributes[key].text); written != (erd.Cardinality{}) {
			end.Cardinality = written
		}
	}
	return relation
}

// arrow reads a combined arrow shape (graphviz.org/doc/info/arrows.html), the part at the node first.
func arrow(shape string) erd.Cardinality {
	switch strings.ToLower(shape) {
	case "crow", "inv", "invempty":
		return bounds(erd.LeastUnsaid, erd.Several)
	case "crowodot", "crowdot", "icurveodot":
		return bounds(erd.MayBeNone, erd.Several)
	case "crowtee":
		return bounds(erd.AtLeastOne, erd.Several)
	case "teetee", "noneteetee", "nonetee":
		return bounds(erd.AtLeastOne, erd.AtMostOne)
	case "teeodot", "noneteeodot":
		return bounds(erd.MayBeNone, erd.AtMostOne)
	case "odot":
		return bounds(erd.MayBeNone, erd.AtMostOne)
	case "tee":
		return bounds(erd.LeastUnsaid, erd.AtMostOne)
	}
	return erd.Cardinality{}
}

// chen reads diamonds as relations of the entities beside them, and ellipses as attributes.
func (r *dotReader) chen() {
	sides := map[string][]erd.End{}
	for _, edge := range r.graph.edges {
		for _, way := range [][2]string{{edge.from.node, edge.to.node}, {edge.to.node, edge.from.node}} {
			middle, entity := r.graph.nodes[way[0]], way[1]
			at, isEntity := r.index[cleanName(entity)]
			if _, alsoEntity := r.index[cleanName(way[0])]; middle == nil || !isEntity || alsoEntity {
				continue
			}
			lines := labelLines(middle.attributes["label"], "")
			if middle.shape() != "diamond" {
				line := labelLine{text: way[0]}
				if len(lines) > 0 {
					line = lines[0]
				}
				if attribute, ok := umlAttribute(line.text); ok {
					attribute.Primary = attribute.Primary || line.underlined
					add(&r.model.Entities[at], attribute)
				}
				continue
			}
			written := firstText(edge.attributes["label"].text, edge.attributes["taillabel"].text, edge.attributes["headlabel"].text)
			sides[way[0]] = append(sides[way[0]], erd.End{Entity: entity, Cardinality: cardinalityOf(written)})
		}
	}
	for _, name := range r.graph.names {
		ends := sides[name]
		for i := 1; i < len(ends); i++ {
			// In Chen's notation, too, the mark at an entity counts that entity.
			r.relate(r.graph.nodes[name].line, erd.Relation{From: ends[0], To: ends[i], Label: name})
		}
	}
}

func firstText(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
