package mapping

import (
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/live"
)

// edge is a reference from a table to another, or to itself.
type edge struct {
	columns  []string
	target   live.Name
	key      []string // of the target
	declared bool
	// certain soft edges name their target; the others only a word that means it.
	certain bool
	// aside marks who handled a row rather than whose it is: created_by, sales_person_id.
	aside bool
}

func (e edge) hop(from live.Name) Hop {
	return Hop{Table: from, Columns: e.columns, Target: e.target, TargetColumns: e.key, Declared: e.declared}
}

// connect finds the references of every table: the declared ones, and those that only the
// name and the type of a column tell.
func connect(shapes []shape) {
	for i := range shapes {
		each := &shapes[i]
		for _, key := range each.table.ForeignKeys {
			each.edges = append(each.edges, edge{
				columns: key.Columns, target: key.Target, key: key.TargetKey, declared: true, certain: true, aside: each.aside(key.Columns),
			})
		}
		for c := range each.columns {
			column := &each.columns[c]
			if slices.ContainsFunc(each.edges, func(e edge) bool { return e.declared && slices.Contains(e.columns, column.Name) }) {
				column.refers = true
				continue
			}
			soft, found := softEdge(shapes, each, *column)
			if !found {
				continue
			}
			column.refers = true
			each.edges = append(each.edges, soft)
		}
		slices.SortStableFunc(each.edges, func(a, b edge) int { return slices.Compare(a.columns, b.columns) })
	}
}

// aside reports whether columns name one who handled a row.
func (s *shape) aside(columns []string) bool {
	return slices.ContainsFunc(s.columns, func(c columnShape) bool {
		return slices.Contains(columns, c.Name) &&
			(c.has("created", "updated", "deleted", "employee", "seller", "admin", "supplier", "carrier", "by") || slices.ContainsFunc(c.lemmas, func(word string) bool {
				return slices.Contains([]string{"approved", "handled", "assigned", "assignee", "processed", "packed", "cancelled", "verified", "picker", "author"}, word)
			}))
	})
}

// elsewhere are words of ids that other systems give.
var elsewhere = []string{
	"external", "stripe", "paypal", "provider", "gateway", "psp", "legacy", "remote", "google", "facebook", "auth", "oauth", "erp", "crm", "session", "tracking",
	"correlation", "request", "idempotency", "credential", "shopify", "adyen", "klarna", "mollie", "braintree", "apple", "github", "tax", "vat", "token",
}

// softEdge finds the table that a column's name points at.
func softEdge(shapes []shape, from *shape, column columnShape) (edge, bool) {
	named, isID := referenceWords(column)
	if len(named) == 0 || column.moment() || column.flag() || column.money() || slices.ContainsFunc(column.lemmas, func(word string) bool { return slices.Contains(elsewhere, word) }) {
		return edge{}, false
	}
	if from.ownKey(column, named) {
		return edge{}, false
	}
	if isID && slices.Equal(named, []string{"parent"}) && from.key != "" && from.sameType(column, from.key) {
		return edge{columns: []string{column.Name}, target: from.table.Name, key: []string{from.key}, certain: true}, true
	}
	best, bestRank, tie := -1, 0, false
	for i := range shapes {
		target := &shapes[i]
		if target.key == "" || !target.accepts(column) {
			continue
		}
		rank := pointsAt(named, isID, from, target)
		switch {
		case rank > bestRank:
			best, bestRank, tie = i, rank, false
		case rank == bestRank && rank > 0:
			tie = true
		}
	}
	if best < 0 || tie {
		return edge{}, false
	}
	target := shapes[best]
	return edge{
		columns: []string{column.Name}, target: target.table.Name, key: []string{target.key},
		certain: bestRank > rankMeaning, aside: from.aside([]string{column.Name}),
	}, true
}

// referenceWords are the words of a column without the one that makes it an id. Numbers
// that a shop gives (order_no) are no references unless the name says id.
func referenceWords(column columnShape) (named []string, isID bool) {
	raw := words(column.Name)
	isNumber := slices.ContainsFunc(raw, func(word string) bool {
		return slices.Contains([]string{"no", "num", "number", "nr", "code", "count"}, word)
	})
	named = slices.DeleteFunc(slices.Clone(column.lemmas), func(word string) bool { return word == "id" || isNumber && word == "number" })
	isID = slices.Contains(column.lemmas, "id") || slices.Contains(column.lemmas, "parent")
	if !isID && !column.number() && column.Base != "uuid" {
		return nil, false
	}
	return named, isID
}

// ownKey reports whether a column is its table's own id and not a reference.
func (s *shape) ownKey(column columnShape, named []string) bool {
	if column.Name == s.key {
		// A key that names another table is a subtype's: customer_id of customer_profiles.
		return len(s.lemmas) == 0 || slices.Equal(named, s.lemmas) || len(named) == 0
	}
	return false
}

func (s *shape) sameType(column columnShape, other string) bool {
	found, ok := s.column(other)
	return ok && compatible(column, found)
}

// accepts reports whether a column can hold the key of this table.
func (s *shape) accepts(column columnShape) bool {
	key, ok := s.column(s.key)
	return ok && compatible(column, key)
}

func compatible(a, b columnShape) bool {
	if a.integer() && b.integer() {
		return true
	}
	if a.Category == "S" && b.Category == "S" {
		return true
	}
	return a.Base == b.Base
}

// How surely a name points at a table.
const (
	rankMeaning = 1 // another word for it: client_id and users
	rankHead    = 2 // its last words: billing_address_id and addresses
	rankWhole   = 3 // all of it
)

func pointsAt(named []string, isID bool, from, target *shape) int {
	same := from.table.Name == target.table.Name
	switch {
	case slices.Equal(named, target.lemmas) && !same:
		return rankWhole
	case !isID:
		return 0
	case same && len(named) > len(target.lemmas) && hasSuffix(named, target.lemmas) && slices.Contains(named, "parent"):
		return rankWhole // parent_category_id
	case same:
		return 0
	case hasSuffix(named, target.lemmas) && len(target.lemmas) > 0:
		return rankHead
	case len(named) > 0 && len(target.lemmas) == 1 && meansTheSame(named[len(named)-1], target.lemmas[0]):
		return rankMeaning
	}
	return 0
}

func hasSuffix(words, end []string) bool {
	return len(words) >= len(end) && slices.Equal(words[len(words)-len(end):], end)
}

// meansTheSame reports whether two nouns speak strongly for the same role.
func meansTheSame(a, b string) bool {
	const strong = 700
	for _, role := range append(Core(), Variant, Address) {
		if senses[role][a] >= strong && senses[role][b] >= strong {
			return true
		}
	}
	return false
}

// weight is how much a way along an edge counts, in thousandths.
func (e edge) weight() int {
	switch {
	case e.declared && !e.aside:
		return 1000
	case e.declared:
		return 300
	case e.aside:
		return 200
	case e.certain:
		return 600
	}
	return 450
}

// softKeys are the references that nothing declares, for the report and the checks.
func softKeys(shapes []shape) []SoftKey {
	var keys []SoftKey
	for _, each := range shapes {
		for _, e := range each.edges {
			if !e.declared {
				keys = append(keys, SoftKey{Table: each.table.Name, Column: e.columns[0], Target: e.target, TargetColumn: e.key[0]})
			}
		}
	}
	slices.SortFunc(keys, func(a, b SoftKey) int {
		return strings.Compare(a.Table.String()+"\x00"+a.Column, b.Table.String()+"\x00"+b.Column)
	})
	return keys
}
