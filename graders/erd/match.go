package erd

import (
	"cmp"
	"slices"
	"strings"
)

// The certainty of a match between a table and a box, per mille.
const (
	sameName    = 1000 // the same words
	sameMeaning = 900
	similarName = 850 // at least; equal but for a few letters
	headOfName  = 600 // one name is the end of the other: address, user address
)

// match pairs tables with boxes, the surest pairs first. The result has, for every entity of
// the live model, the index of the drawn one, or -1.
func match(live, drawn Model) []int {
	type candidate struct{ live, drawn, certainty int }
	var all []candidate
	liveNames, drawnNames := allNames(live), allNames(drawn)
	for i := range live.Entities {
		for j := range drawn.Entities {
			if certainty := certaintyOf(liveNames[i], drawnNames[j]); certainty > 0 {
				all = append(all, candidate{i, j, certainty})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.certainty, a.certainty), cmp.Compare(a.live, b.live), cmp.Compare(a.drawn, b.drawn))
	})
	found := slices.Repeat([]int{-1}, len(live.Entities))
	taken := make([]bool, len(drawn.Entities))
	for _, each := range all {
		if found[each.live] < 0 && !taken[each.drawn] {
			found[each.live], taken[each.drawn] = each.drawn, true
		}
	}
	return found
}

// naming is a name as it is compared.
type naming struct {
	words, meant       []string
	joined, joinedMean string
	given              bool // the entity's own name, not a role it plays
}

// allNames are the names of every entity, without the word that most of them begin with.
func allNames(m Model) [][]naming {
	first := map[string]int{}
	for _, entity := range m.Entities {
		if own := Words(BaseName(entity.Name)); len(own) > 1 {
			first[own[0]]++
		}
	}
	prefix := ""
	for word, count := range first {
		if count > 3 && count*10 > len(m.Entities)*7 {
			prefix = word
		}
	}
	var all [][]naming
	for _, entity := range m.Entities {
		var names []naming
		for i, name := range append([]string{entity.Name}, entity.Also...) {
			own := Words(BaseName(name))
			if len(own) > 1 && own[0] == prefix {
				own = own[1:]
			}
			meant := meaning(own)
			names = append(names, naming{own, meant, strings.Join(own, ""), strings.Join(meant, " "), i == 0})
		}
		all = append(all, names)
	}
	return all
}

// BaseName is a name without its schema.
func BaseName(name string) string {
	if at := strings.LastIndexByte(name, '.'); at >= 0 && at < len(name)-1 {
		return name[at+1:]
	}
	return name
}

func certaintyOf(live, drawn []naming) int {
	best := 0
	for _, a := range live {
		for _, b := range drawn {
			best = max(best, a.certainty(b))
		}
	}
	return best
}

func (a naming) certainty(b naming) int {
	switch similarity := alike(a.joined, b.joined); {
	case a.joined == b.joined && a.given:
		return sameName
	case a.joined == b.joined || a.joinedMean == b.joinedMean:
		return sameMeaning
	case similarity >= similarName && min(len(a.joined), len(b.joined)) > 3:
		return similarity - 100
	case a.given && (endsWith(a.meant, b.meant) || endsWith(b.meant, a.meant)):
		return headOfName
	}
	return 0
}

// endsWith reports whether the shorter words are the end of the longer ones.
func endsWith(long, short []string) bool {
	return len(long) > len(short) && slices.Equal(long[len(long)-len(short):], short)
}

// matchAttribute finds the drawn attribute that shows a column, or -1.
func matchAttribute(entity Entity, column string, drawn []Attribute) int {
	wanted := attributeNames(entity, column)
	best, at := 0, -1
	for i, attribute := range drawn {
		certainty := 0
		for _, a := range wanted {
			for _, b := range attributeNames(entity, attribute.Name) {
				if a == b {
					certainty = max(certainty, sameName)
				} else if min(len(a), len(b)) > 3 {
					certainty = max(certainty, alike(a, b))
				}
			}
		}
		if certainty >= similarName && certainty > best {
			best, at = certainty, i
		}
	}
	return at
}

// attributeNames are the forms under which a column is known: product_name, and name in a
// table of products.
func attributeNames(entity Entity, name string) []string {
	own := Words(name)
	names := []string{strings.Join(own, "")}
	for _, of := range append([]string{entity.Name}, entity.Also...) {
		head := Words(BaseName(of))
		if len(own) > len(head) && slices.Equal(own[:len(head)], head) {
			names = append(names, strings.Join(own[len(head):], ""))
		}
	}
	return names
}
