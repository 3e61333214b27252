package claims

import "slices"

// nodes are claims that a node of the plan is there, or is not.
func (r *reader) nodes() {
	spills := slices.ContainsFunc(r.mentions, func(m mention) bool { return m.node == Spill })
	for _, each := range r.mentions {
		if each.node == Sort && spills {
			continue // "the sort spills" speaks of the spill
		}
		claim := Claim{Form: r.polarity(each), Node: each.node}
		if claim.Form == Present {
			if claim.Whose = whoseOf(r.tokens, each.from); claim.Whose == Either {
				claim.Whose = r.whose
			}
		}
		claim.Quote, claim.Near = r.quote, r.near(each.from, each.to)
		r.found = append(r.found, claim)
	}
}

// polarity tells by the words around a mention whether the node is said to be there. Words
// reach as far as the next mention.
func (r *reader) polarity(of mention) Form {
	before, after := r.around(of)
	if slices.Contains(before[:min(3, len(before))], "from") && slices.Contains(after, "to") {
		return Gone // "from a sequential scan to an index scan"
	}
	if form, said := behind(before); said {
		return form
	}
	if form, said := ahead(after); said {
		return form
	}
	return Present
}

// around are the words between a mention and its neighbours, those before it the nearest first.
func (r *reader) around(of mention) (before, after []string) {
	from, to := max(0, of.from-8), min(len(r.tokens), of.to+8)
	for _, other := range r.mentions {
		if other.to < of.from {
			from = max(from, other.to+1)
		}
		if other.from > of.to {
			to = min(to, other.from)
		}
	}
	for at := of.from - 1; at >= from; at-- {
		before = append(before, r.word(at))
	}
	for at := of.to + 1; at < to; at++ {
		after = append(after, r.word(at))
	}
	return before, after
}

// behind reads the words before a mention, the nearest first: "without a sort", "no longer
// spills", "replaced the sequential scan", "instead of a nested loop".
func behind(words []string) (form Form, said bool) {
	for i, word := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch {
		case among(word, "by", "with", "using", "uses", "use", "through", "via", "has", "have", "gets", "get", "into", "becomes", "became", "shows", "show", "chooses"):
			return Present, true
		case word == "to":
			return "", false
		case among(word, "no", "without", "not", "nothing", "none", "never", "avoids", "avoid", "avoiding", "doesn't", "don't", "isn't", "neither", "nor", "lacks"):
			return Absent, true
		case word == "longer" && next == "no", word == "of" && among(next, "instead", "rid"), word == "than" && next == "rather":
			return Gone, true
		case among(word, "replaces", "replace", "replacing", "replaced", "removes", "remove", "removing", "removed", "eliminates", "eliminate", "eliminated",
			"eliminating", "avoided", "dropped", "drops", "skips", "saves", "got"):
			return Gone, true
		}
	}
	return "", false
}

// ahead reads the words behind a mention: "is gone", "was replaced by", "is not needed".
func ahead(words []string) (form Form, said bool) {
	for i, word := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch {
		case among(word, "that", "which", "and", "because", "since", "so", "when"):
			return "", false
		case among(word, "gone", "removed", "eliminated", "avoided", "disappears", "disappeared", "vanishes", "vanished", "replaced", "dropped", "unnecessary"),
			word == "no" && next == "longer":
			return Gone, true
		case word == "is" && next == "not", among(word, "isn't", "doesn't") && i < 2, word == "not" && among(next, "needed", "used", "necessary", "required"):
			return Absent, true
		}
	}
	return "", false
}
