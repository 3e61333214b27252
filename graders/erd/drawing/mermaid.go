package drawing

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/takehome-dev/takehome/graders/erd"
)

// MermaidText writes a model as a Mermaid erDiagram. Names that Mermaid cannot say are
// changed as little as it takes.
func MermaidText(model erd.Model) string {
	var out strings.Builder
	out.WriteString("erDiagram\n")
	for _, relation := range model.Relations {
		if relation.Soft {
			continue
		}
		label := relation.Label
		if label == "" {
			label = strings.Join(relation.From.Attributes, ", ")
		}
		fmt.Fprintf(&out, "    %s %s--%s %s : %s\n", mermaidQuoted(relation.To.Entity), leftFoot(relation.To.Cardinality),
			rightFoot(relation.From.Cardinality), mermaidQuoted(relation.From.Entity), mermaidQuoted(label))
	}
	for _, entity := range model.Entities {
		if len(entity.Attributes) == 0 {
			fmt.Fprintf(&out, "    %s\n", mermaidQuoted(entity.Name))
			continue
		}
		fmt.Fprintf(&out, "    %s {\n", mermaidQuoted(entity.Name))
		for _, attribute := range entity.Attributes {
			fmt.Fprintf(&out, "        %s %s%s\n", mermaidType(attribute.Type), mermaidIdentifier(attribute.Name), mermaidKeys(attribute))
		}
		out.WriteString("    }\n")
	}
	return out.String()
}

// mermaidQuoted makes a name that may hold anything but quotes and line breaks.
func mermaidQuoted(name string) string {
	name = strings.NewReplacer(`"`, "'", "%", "_", `\`, "_").Replace(plain(name))
	if strings.TrimSpace(name) == "" {
		name = "_"
	}
	return `"` + name + `"`
}

// mermaidIdentifier makes a word of letters, digits, hyphens and underscores.
func mermaidIdentifier(name string) string {
	word := strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r >= 0xC0 && unicode.IsLetter(r) {
			return r
		}
		return '_'
	}, plain(name))
	if word == "" || !unicode.IsLetter([]rune(word)[0]) && word[0] != '_' {
		word = "_" + word
	}
	return word
}

// mermaidType writes "varchar(255)" as it is; a comma is more than Mermaid takes.
func mermaidType(typ string) string {
	base, modifier, _ := strings.Cut(typ, "(")
	number, _, _ := strings.Cut(modifier, ")")
	array := strings.HasSuffix(typ, "[]")
	word := mermaidIdentifier(strings.TrimSuffix(base, "[]"))
	if number != "" && strings.Trim(number, "0123456789") == "" {
		word += "(" + number + ")"
	}
	if array {
		word += "[]"
	}
	return word
}

func mermaidKeys(attribute erd.Attribute) string {
	var keys []string
	for _, each := range []struct {
		is   bool
		word string
	}{{attribute.Primary, "PK"}, {attribute.Foreign, "FK"}, {attribute.Unique && !attribute.Primary, "UK"}} {
		if each.is {
			keys = append(keys, each.word)
		}
	}
	if len(keys) == 0 {
		return ""
	}
	return " " + strings.Join(keys, ", ")
}

// leftFoot writes the end that stands left of a line. What is not said is written as the
// weaker statement, because Mermaid has no way to leave it open.
func leftFoot(c erd.Cardinality) string {
	switch {
	case c.Most == erd.AtMostOne && c.Least == erd.AtLeastOne:
		return "||"
	case c.Most == erd.AtMostOne:
		return "|o"
	case c.Least == erd.AtLeastOne:
		return "}|"
	}
	return "}o"
}

func rightFoot(c erd.Cardinality) string {
	return map[string]string{"||": "||", "|o": "o|", "}|": "|{", "}o": "o{"}[leftFoot(c)]
}
