package claims

import (
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Read finds the claims of a document in Markdown, in their order.
func Read(document string) []Claim {
	var found []Claim
	for _, each := range blocks(document) {
		switch {
		case each.cells != nil:
			found = append(found, readRow(each)...)
		default:
			for _, clause := range clauses(each.text) {
				found = append(found, readClause(clause, each.whose)...)
			}
		}
		if len(found) >= maxClaims {
			return found[:maxClaims]
		}
	}
	return found
}

// reader reads one clause.
type reader struct {
	quote    string
	tokens   []token
	whose    Whose // by the heading
	mentions []mention
	used     map[int]bool // numbers that are part of a claim
	found    []Claim
}

func readClause(clause string, heading Whose) []Claim {
	r := &reader{quote: takehome.Line(clause), tokens: lex(clause), whose: heading, used: map[int]bool{}}
	if hypothetical(r.tokens) {
		return nil
	}
	r.mentions = mentions(r.tokens)
	r.changes()
	r.factors()
	r.amounts()
	r.nodes()
	return r.found
}

func (r *reader) add(claim Claim, at int) {
	claim.Quote, claim.Near = r.quote, r.near(at, at)
	if claim.Whose == Either && claim.Form != Change && claim.Form != Factor {
		if claim.Whose = whoseOf(r.tokens, at); claim.Whose == Either {
			claim.Whose = r.whose
		}
	}
	r.found = append(r.found, claim)
}

// word is the text at a place, "" beyond the clause.
func (r *reader) word(at int) string {
	if at < 0 || at >= len(r.tokens) {
		return ""
	}
	return r.tokens[at].text
}

// number reports whether there is a number that no claim has yet.
func (r *reader) number(at int) bool {
	return at >= 0 && at < len(r.tokens) && r.tokens[at].number && !r.used[at]
}

// changes are "from 4,086 to 411 buffers" and "buffers: 4,086 → 411".
func (r *reader) changes() {
	for i := range r.tokens {
		if !r.number(i) {
			continue
		}
		for j := i + 1; j < min(i+7, len(r.tokens)); j++ {
			if !r.number(j) {
				continue
			}
			if !r.connected(i, j) {
				break
			}
			if measure := r.measure(i, j); measure != "" {
				r.used[i], r.used[j] = true, true
				r.add(Claim{Form: Change, Measure: measure, From: r.figure(i), To: r.figure(j)}, i)
			}
			break
		}
	}
}

// connected tells that two numbers are the ends of a change.
func (r *reader) connected(i, j int) bool {
	for at := i + 1; at < j; at++ {
		switch r.word(at) {
		case arrow, "vs", "versus":
			return true
		case "to", "into":
			return r.word(i-1) == "from" || r.word(i-2) == "from"
		}
	}
	return false
}

// measure is what numbers from i to j count: by a unit, by a word between them, right behind,
// or the nearest one before them.
func (r *reader) measure(i, j int) Measure {
	for _, at := range []int{j, i} {
		if measure := ofUnit(r.tokens[at].unit); measure != "" {
			return measure
		}
	}
	for at := i + 1; at <= min(j+4, len(r.tokens)-1); at++ {
		if at > j && (r.tokens[at].number || r.word(at) == ",") {
			break
		}
		if measure := measureOf(r.tokens, at); measure != "" {
			return measure
		}
	}
	for at := i - 1; at >= max(0, i-8); at-- {
		if measure := measureOf(r.tokens, at); measure != "" {
			return measure
		}
	}
	return ""
}

// factors are "12x fewer buffers", "97 % fewer rows", "buffers reduced by a factor of 12".
func (r *reader) factors() {
	for i := range r.tokens {
		if !r.number(i) {
			continue
		}
		unit := r.tokens[i].unit
		byFactor := r.word(i-1) == "of" && r.word(i-2) == "factor"
		if !among(unit, "x", "times", "fold", "%", "percent") && !byFactor {
			continue
		}
		more, said := r.direction(i)
		measure := r.measure(i, i)
		if !said || measure == "" || r.tokens[i].figure.Percent && more {
			continue
		}
		r.used[i] = true
		r.add(Claim{Form: Factor, Measure: measure, To: r.figure(i), More: more}, i)
	}
}

// direction looks for a word of more or less: near behind the number, then before it.
func (r *reader) direction(at int) (more, said bool) {
	look := func(word string) bool {
		switch {
		case among(word, "fewer", "less", "lower", "smaller", "reduction", "reduced", "reduces", "reduce", "cut", "cuts", "drop", "drops", "dropped",
			"decrease", "decreased", "decreases", "saved", "saves", "shrinks", "shrank", "faster", "quicker", "speedup"):
			said = true
		case among(word, "more", "increase", "increased", "increases", "higher", "larger", "slower") && r.word(at-1) != "than":
			more, said = true, true
		}
		return said
	}
	for i := at + 1; i <= min(at+4, len(r.tokens)-1); i++ {
		if look(r.word(i)) {
			return more, said
		}
	}
	for i := at - 1; i >= max(0, at-8); i-- {
		if r.word(i) == "more" && r.word(i+1) == "than" {
			continue
		}
		if look(r.word(i)) {
			return more, said
		}
	}
	return false, false
}

// amounts are "160k rows", "buffers: 411", "20,000 loops" and "executed 20,000 times".
func (r *reader) amounts() {
	for i := range r.tokens {
		if !r.number(i) || r.tokens[i].figure.Percent {
			continue
		}
		claim := Claim{Form: Amount, Measure: ofUnit(r.tokens[i].unit), To: r.figure(i)}
		for at := i + 1; claim.Measure == "" && at <= min(i+3, len(r.tokens)-1) && !r.tokens[at].number && r.word(at) != ","; at++ {
			claim.Measure = measureOf(r.tokens, at)
		}
		if claim.Measure == "" && r.tokens[i].unit == "" {
			for at := i - 1; claim.Measure == "" && at >= max(0, i-2); at-- {
				claim.Measure = measureOf(r.tokens, at)
				if !among(r.word(at), "=", "of", "hit", "read", "shared", "is", "are", "was", "~", "about") {
					break
				}
			}
		}
		if r.tokens[i].unit == "times" && slices.ContainsFunc(r.tokens, func(t token) bool {
			return among(t.text, "executed", "executes", "run", "runs", "ran", "called", "repeated", "invoked", "loops")
		}) {
			claim.Measure = Loops
		}
		if claim.Measure == "" || claim.Measure == Rows && !handled(r.tokens) || claim.Measure == Size {
			continue
		}
		claim.Split = claim.Measure == Buffers && (among(r.word(i-1), "hit", "read") || among(r.word(i-2), "hit", "read") || among(r.word(i+1), "hit", "read") || among(r.word(i+2), "hit", "hits"))
		r.used[i] = true
		r.add(claim, i)
	}
}

// figure is the number at a place with the words that make it vague.
func (r *reader) figure(at int) Figure {
	figure := r.tokens[at].figure
	for i := at - 1; i >= max(0, at-2); i-- {
		switch word := r.word(i); {
		case among(word, "about", "around", "roughly", "approximately", "approx", "nearly", "almost", "circa", "ca", "some", "~"):
			figure.About = true
		case among(word, "over", "above", "least", ">") || word == "than" && among(r.word(i-1), "more", "greater", "higher"):
			figure.AtLeast = true
		case among(word, "under", "below", "most", "<") || word == "than" && among(r.word(i-1), "less", "fewer", "lower"):
			figure.AtMost = true
		}
	}
	return figure
}

// near lists the words around a place, those behind it first.
func (r *reader) near(from, to int) []string {
	var list []string
	take := func(at int) bool {
		if slices.ContainsFunc(r.mentions, func(m mention) bool { return at >= m.from && at <= m.to }) && (at < from || at > to) {
			return false
		}
		if word := r.word(at); len(word) > 1 && !r.tokens[at].number {
			list = append(list, word)
		}
		return true
	}
	for at := to + 1; at <= min(to+6, len(r.tokens)-1) && take(at); at++ {
	}
	for at := from - 1; at >= max(0, from-4) && take(at); at-- {
	}
	return list
}

// readRow reads a row of a table: "| buffers | 4,086 | 411 |" below "| | before | after |", or
// "| after | 411 | 2,000 |" below "| | buffers | rows |".
func readRow(row block) []Claim {
	name := lex(row.cells[0])
	quote := takehome.Line(strings.Join(row.cells, " | "))
	whose := whoseOf(name, 0)
	var ofRow Measure
	for i := range name {
		if measure := measureOf(name, i); measure != "" && ofRow == "" {
			ofRow = measure
		}
	}
	var amounts []Claim
	for i, cell := range row.cells[1:] {
		tokens := lex(cell)
		if len(tokens) == 0 || !tokens[0].number || among(tokens[0].unit, "x", "%", "percent", "times", "fold") {
			continue
		}
		claim := Claim{Quote: quote, Form: Amount, Measure: ofRow, To: tokens[0].figure, Whose: whose}
		if i+1 < len(row.head) {
			head := lex(row.head[i+1])
			if claim.Whose == Either {
				claim.Whose = whoseOf(head, 0)
			}
			for at := range head {
				if claim.Measure == "" {
					claim.Measure = measureOf(head, at)
				}
			}
		}
		if measure := ofUnit(tokens[0].unit); measure != "" {
			claim.Measure = measure
		}
		if claim.Measure != "" && claim.Measure != Size {
			amounts = append(amounts, claim)
		}
	}
	if len(amounts) != 2 || ofRow == "" || amounts[0].Measure != amounts[1].Measure {
		return amounts
	}
	from, to := amounts[0], amounts[1]
	if from.Whose == Candidate || to.Whose == Given {
		from, to = to, from
	}
	return []Claim{{Quote: quote, Form: Change, Measure: from.Measure, From: from.To, To: to.To}}
}
