package claims

import (
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// block is a paragraph, an item of a list or a row of a table, on one line.
type block struct {
	text  string
	cells []string // of a row of a table
	head  []string // of the table that the row belongs to
	whose Whose    // by the heading above it
}

// blocks takes Markdown apart. Code that stands in blocks of its own is left out: a pasted plan
// is no claim of its author's.
func blocks(document string) []block {
	document = cut(takehome.Clean(document))
	var (
		found     []block
		paragraph []string
		whose     Whose
		head      []string
		fence     string
	)
	end := func() {
		if len(paragraph) > 0 {
			found = append(found, block{text: strings.Join(paragraph, " "), whose: whose})
		}
		paragraph = nil
	}
	for line := range strings.SplitSeq(document, "\n") {
		text := strings.TrimSpace(line)
		if fence != "" {
			if strings.HasPrefix(text, fence) {
				fence = ""
			}
			continue
		}
		if !strings.HasPrefix(text, "|") {
			head = nil
		}
		switch {
		case strings.HasPrefix(text, "```"), strings.HasPrefix(text, "~~~"):
			end()
			fence = text[:3]
		case text == "" || strings.HasPrefix(line, "    ") && len(paragraph) == 0:
			end()
		case strings.HasPrefix(text, "#"):
			end()
			whose = whoseOf(words(strings.ToLower(text)), 0)
		case strings.HasPrefix(text, "|"):
			end()
			cells := cellsOf(text)
			if head == nil {
				head = cells
			} else if strings.Trim(text, "|-: ") != "" {
				found = append(found, block{text: text, cells: cells, head: head, whose: whose})
			}
		default:
			if item := itemOf(text); item != text {
				end()
				text = item
			}
			paragraph = append(paragraph, text)
		}
	}
	end()
	return found
}

// itemOf takes the mark of a list or a quotation off.
func itemOf(text string) string {
	for _, mark := range []string{"- ", "* ", "+ ", "> "} {
		if rest, ok := strings.CutPrefix(text, mark); ok {
			return strings.TrimSpace(rest)
		}
	}
	digits := strings.TrimLeft(text, "0123456789")
	if digits != text && (strings.HasPrefix(digits, ". ") || strings.HasPrefix(digits, ") ")) {
		return strings.TrimSpace(digits[2:])
	}
	return text
}

func cellsOf(row string) []string {
	var cells []string
	for cell := range strings.SplitSeq(strings.Trim(row, "|"), "|") {
		cells = append(cells, strings.TrimSpace(cell))
	}
	return cells
}

// clauses takes a block apart where one thought ends and another begins.
func clauses(text string) []string {
	var found []string
	from := 0
	cut := func(at, next int) {
		if clause := strings.TrimSpace(text[from:at]); clause != "" {
			found = append(found, clause[:min(len(clause), maxClause)])
		}
		from = next
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ';', '!', '?':
			cut(i, i+1)
		case '.':
			if i+1 == len(text) || text[i+1] == ' ' {
				cut(i, i+1)
			}
		case ' ':
			for _, word := range []string{" but ", " while ", " whereas "} {
				if len(text)-i >= len(word) && strings.EqualFold(text[i:i+len(word)], word) {
					cut(i, i+len(word)-1)
				}
			}
		}
	}
	cut(len(text), len(text))
	return found
}
