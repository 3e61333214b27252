package mapping

import (
	"math"
	"slices"
	"strings"
)

// scored is how much speaks for a table in a role, in thousandths, and why.
type scored struct {
	points  int
	reasons []string
}

func (s *scored) add(points int, reason string) {
	s.points += points
	if reason != "" {
		s.reasons = append(s.reasons, reason)
	}
}

// The bounds of what names and columns add.
const (
	capped    = 100 // the most that the name of an aspect says for a core role
	mostShown = 500 // the most that columns add
)

// nameScore is what a table's name says for a role. The last word is the noun that counts;
// the first counts for three quarters, because Romance languages put it there.
func nameScore(lemmas []string, role Role) int {
	if len(lemmas) == 0 {
		return 0
	}
	table := senses[role]
	last := len(lemmas) - 1
	score := table[lemmas[last]]
	if last > 0 {
		if first := table[lemmas[0]] * 3 / 4; first > score && score >= 0 && !isCore(lemmas[last]) {
			score = first
		} else if first*2/3 > score && score >= 0 {
			score = first * 2 / 3
		}
	}
	for _, word := range lemmas {
		if aspects[word] && table[word] == 0 && score > capped {
			return capped
		}
	}
	return score
}

// isCore reports whether a word is itself a strong noun of the core.
func isCore(word string) bool {
	const strong = 600
	return slices.ContainsFunc(Core(), func(role Role) bool { return senses[role][word] >= strong }) || lineSenses[word] >= strong
}

// lineScore is what a name says for the line of the thing that of lists.
func lineScore(lemmas []string, of map[string]int) int {
	best := 0
	for i, thing := range lemmas {
		for j, line := range lemmas {
			if i != j && of[thing] > 0 && lineSenses[line] > 0 {
				best = max(best, int(1.2*math.Sqrt(float64(of[thing]*lineSenses[line]))))
			}
		}
	}
	for _, word := range lemmas {
		if aspects[word] && of[word] == 0 && lineSenses[word] == 0 {
			return min(best, capped)
		}
	}
	if best == 0 && len(lemmas) == 1 {
		best = lineSenses[lemmas[0]] * 45 / 100
	}
	return best
}

// score is how much a table by itself speaks for a role of the core.
func (s *shape) score(role Role) scored {
	var total scored
	name := nameScore(s.lemmas, role)
	line := lineScore(s.lemmas, senses[Order])
	switch {
	case role == OrderLine:
		name = line
	case role == Order && line > 500:
		name = name * 3 / 10 // an order item is no order
	case role == Product && (line > 500 || lineScore(s.lemmas, senses[Cart]) > 500):
		name = name * 2 / 10 // nor a product
	}
	if name > 0 {
		total.add(name, "name "+strings.Join(s.lemmas, " "))
	} else {
		total.add(name, "")
	}
	shown := s.shown(role)
	total.add(min(shown.points, mostShown), "")
	if len(shown.reasons) > 0 {
		total.reasons = append(total.reasons, "columns "+strings.Join(shown.reasons, ", "))
	}
	if role == User && s.buys() {
		total.add(buying, "")
	}
	total.add(-s.against(role), "")
	return total
}

// shown is what the columns of a table say for a role.
func (s *shape) shown(role Role) scored {
	var total scored
	say := func(is bool, points int, reason string) {
		if is {
			total.add(points, reason)
		}
	}
	f := s.facts
	switch role {
	case User:
		say(f.email, 250, "email")
		say(f.password, 200, "password")
		say(f.login, 150, "login")
		say(f.phone, 80, "phone")
		say(f.person, 150, "name of a person")
	case Product:
		say(f.price, 250, "price")
		say(f.money && !f.price && !f.total, 100, "money")
		say(f.sku, 200, "sku")
		say(f.stock, 150, "stock")
		say(f.description, 100, "description")
		say(f.name, 100, "name")
	case Category:
		say(f.parent, 250, "parent")
		say(f.name, 60, "name")
		say(!f.money && !f.email && f.own <= 6 && (f.name || f.description), 100, "few")
	case Order:
		say(f.status, 150, "status")
		say(f.total, 200, "total")
		say(f.when, 100, "date")
		say(f.street || s.anyColumn("shipment", "billing"), 100, "address")
	case OrderLine:
		say(f.quantity, 200, "quantity")
		say(f.price || f.money, 150, "price")
	default:
	}
	return total
}

func (s *shape) anyColumn(lemmas ...string) bool {
	return slices.ContainsFunc(s.columns, func(c columnShape) bool { return c.has(lemmas...) })
}

// against is what speaks against a role.
func (s *shape) against(role Role) int {
	f, points := s.facts, 0
	counts := func(is bool, by int) {
		if is {
			points += by
		}
	}
	switch role {
	case User:
		counts(f.link || f.quantity || f.price, 500)
		counts(f.street && !f.email && !f.password && !f.person, 300)
		counts(f.total, 300)
	case Product:
		counts(f.link, 600)
		counts(f.email || f.password, 500)
		counts(f.quantity && s.pointsTo(senses[Order], senses[Cart]), 600)
		counts(s.pointsTo(senses[Order]), 300)
		counts(f.rating && s.pointsTo(senses[User]), 300)
		counts(s.pointsTo(senses[Product]), 400) // a variant of one
	case Category:
		counts(f.link, 1200)
		counts(f.money || f.email || f.quantity, 300)
		counts(s.pointsTo(senses[Order]) || s.pointsTo(senses[User]), 300)
	case Order:
		counts(f.link, 400)
		counts(f.email && f.password, 600)
		counts(f.quantity && f.price && s.pointsTo(senses[Order]), 400)
		counts(s.pointsTo(sellers) && !s.pointsTo(senses[User]), 900)
		counts(s.anyWord("supplier"), 900)
	case OrderLine:
		counts(f.email || f.password, 500)
		counts(s.pointsTo(senses[Cart]), 700)
		counts(s.anyWord("cart", "wishlist", "shipment", "return", "refund", "supplier", "coupon", "payment", "review", "price", "stock", "inventory", "history", "event"), 700)
	default:
	}
	return points
}

// buyers are words for users that say what they are to a shop.
var buyers = []string{"customer", "buyer", "shopper", "consumer"}

// buying is what they have before those who only sign in, such as the staff.
const buying = 500

func (s *shape) buys() bool {
	accounts := map[string]int{"user": 1000, "account": 1000}
	return s.anyWord(buyers...) && (s.facts.email || s.facts.person || s.facts.name) && !s.pointsTo(accounts)
}

var sellers = map[string]int{"supplier": 1000}

func (s *shape) anyWord(lemmas ...string) bool {
	return slices.ContainsFunc(lemmas, func(word string) bool { return slices.Contains(s.lemmas, word) })
}

// pointsTo reports whether a column refers to something that one of the senses means
// strongly.
func (s *shape) pointsTo(meanings ...map[string]int) bool {
	const strong = 600
	for _, column := range s.columns {
		if !column.refers || s.refersToItself(column.Name) {
			continue
		}
		for _, word := range column.lemmas {
			for _, meaning := range meanings {
				if meaning[word] >= strong && word != "item" {
					return true
				}
			}
		}
	}
	return false
}
