package claims

import "slices"

// among reports whether a word is one of a few.
func among(word string, list ...string) bool { return slices.Contains(list, word) }

// ofGiven and ofCandidate are words that say whose query is meant.
func ofGiven(word string) bool {
	return among(word, "before", "original", "originally", "given", "old", "slow", "initial", "initially", "previously", "previous", "baseline")
}

func ofCandidate(word string) bool {
	return among(word, "after", "now", "new", "optimised", "optimized", "rewritten", "rewrite", "my", "mine", "final", "improved", "afterwards")
}

// whoseOf looks for the nearest such word: before the place first, then behind it.
func whoseOf(tokens []token, at int) Whose {
	for i := min(at, len(tokens)-1); i >= 0; i-- {
		if whose := whoseIs(tokens[i].text); whose != Either {
			return whose
		}
	}
	for i := at; i < len(tokens); i++ {
		if whose := whoseIs(tokens[i].text); whose != Either {
			return whose
		}
	}
	return Either
}

func whoseIs(word string) Whose {
	switch {
	case ofGiven(word):
		return Given
	case ofCandidate(word):
		return Candidate
	}
	return Either
}

// hypothetical words make of a clause something that nobody claims to have seen.
func hypothetical(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool {
		return among(t.text, "would", "could", "might", "may", "should", "if", "estimate", "estimates", "estimated", "estimation", "expects", "expected", "assume", "assumes")
	})
}

// measureOf is the measure that a word stands for; "" for others.
func measureOf(tokens []token, at int) Measure {
	word := tokens[at].text
	if tokens[at].number {
		return ""
	}
	switch {
	case among(word, "buffer", "buffers"):
		return Buffers
	case among(word, "block", "blocks"), among(word, "page", "pages") && speaksOfBlocks(tokens):
		if at > 0 && among(tokens[at-1].text, "temp", "temporary") {
			return Temp
		}
		return Buffers
	case among(word, "row", "rows", "tuple", "tuples", "records"):
		return Rows
	case among(word, "loop", "loops", "iterations") && (at == 0 || tokens[at-1].text != "nested"):
		return Loops
	case among(word, "faster", "quicker", "slower", "speedup", "runtime", "time", "latency", "duration", "execution"):
		return Time
	case word == "cost", word == "costs":
		return Cost
	}
	return ""
}

// speaksOfBlocks tells pages of a table from pages of a list.
func speaksOfBlocks(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool {
		return among(t.text, "buffer", "buffers", "block", "blocks", "shared", "heap", "disk", "hit", "8kb")
	})
}

// ofUnit is the measure that a unit stands for.
func ofUnit(unit string) Measure {
	switch unit {
	case "ms", "s", "sec", "secs", "second", "seconds", "millisecond", "milliseconds", "minute", "minutes", "min", "us", "µs":
		return Time
	case "kb", "mb", "gb", "kib", "mib", "gib":
		return Size
	}
	return ""
}

// handled are words of doing something with rows. A table that has a million rows is no claim
// about a plan.
func handled(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool {
		return among(t.text, "read", "reads", "reading", "scan", "scans", "scanned", "scanning", "process", "processes", "processed", "processing",
			"touch", "touches", "touched", "touching", "fetch", "fetches", "fetched", "visit", "visits", "visited", "examine", "examines", "examined",
			"filter", "filters", "filtered", "discard", "discards", "discarded", "throw", "throws", "thrown", "threw", "remove", "removes", "removed",
			"return", "returns", "returned", "produce", "produces", "produced", "emit", "emits", "sort", "sorts", "sorted", "join", "joins", "joined")
	})
}

// mention is a node of a plan that a clause speaks of, from one token to another.
type mention struct {
	node     Node
	from, to int
}

// mentions finds them in their order.
func mentions(tokens []token) []mention {
	var found []mention
	text := func(i int) string {
		if i < 0 || i >= len(tokens) {
			return ""
		}
		return tokens[i].text
	}
	scan := func(i int) bool { return among(text(i), "scan", "scans") }
	for i := 0; i < len(tokens); i++ {
		node, last := Node(""), i
		switch word := text(i); {
		case among(word, "seq", "sequential", "full") && scan(i+1), word == "table" && scan(i+1) && text(i-1) != "full":
			node, last = SeqScan, i+1
		case among(word, "full") && text(i+1) == "table" && scan(i+2):
			node, last = SeqScan, i+2
		case word == "seqscan":
			node = SeqScan
		case word == "index" && text(i+1) == "only" && scan(i+2):
			node, last = IndexOnlyScan, i+2
		case word == "index" && scan(i+1) && text(i-1) != "bitmap":
			node, last = IndexScan, i+1
		case word == "bitmap" && scan(i+1):
			node, last = BitmapScan, i+1
		case word == "bitmap" && among(text(i+1), "heap", "index") && scan(i+2):
			node, last = BitmapScan, i+2
		case word == "nested" && among(text(i+1), "loop", "loops"):
			node, last = NestedLoop, i+1
		case word == "hash" && among(text(i+1), "join", "joins"):
			node, last = HashJoin, i+1
		case word == "merge" && among(text(i+1), "join", "joins"):
			node, last = MergeJoin, i+1
		case word == "hashaggregate":
			node = HashAggregate
		case word == "hash" && among(text(i+1), "aggregate", "aggregation"):
			node, last = HashAggregate, i+1
		case among(word, "spill", "spills", "spilled", "spilling"):
			node = Spill
		case among(word, "temp", "temporary") && among(text(i+1), "file", "files"):
			node, last = Spill, i+1
		case word == "external" && among(text(i+1), "merge", "sort"):
			node, last = Spill, i+1
		case among(word, "sort", "sorting") && !among(text(i+1), "key", "keys", "order", "by", "column", "columns", "spills", "spilled", "spilling", "spill") &&
			!among(text(i-1), "to", "the order", "quick"):
			node = Sort
		}
		if node != "" {
			found = append(found, mention{node, i, last})
			i = last
		}
	}
	return found
}
