package mapping

import (
	"slices"

	"github.com/takehome-dev/takehome/graders/schema/live"
)

// Confidence of secondary roles, per cent: they follow from the core and are not solved.
const (
	byBoth  = 90 // a telling name and the reference that belongs to it
	byShape = 70 // columns and references, under another name
	byName  = 60 // a telling name alone
)

// secondary finds the tables of a role outside the core: the best of those that are not
// taken. The order of Secondary matters: what is found is taken.
func (m *Mapping) secondary(shapes []shape, role Role) (Choice, bool) {
	best, points := Choice{}, 0
	for i := range shapes {
		s := &shapes[i]
		if m.taken(s.table.Name) {
			continue
		}
		confidence, reason := m.plays(s, role)
		// A table that refers to the core more closely is the one that the shop uses.
		if weight := confidence*10 + nameScore(s.lemmas, role)/100 - len(s.lemmas); confidence > 0 && weight > points {
			points = weight
			best = Choice{Table: s.table.Name, Confidence: confidence, Source: SourceFound, Reasons: []string{reason}}
		}
	}
	return best, points > 0
}

func (m *Mapping) taken(name live.Name) bool {
	for _, choice := range m.Tables {
		if !choice.Absent && choice.Table == name {
			return true
		}
	}
	return false
}

// refers reports whether a table refers to that of a role.
func (m *Mapping) refers(s *shape, roles ...Role) bool {
	return slices.ContainsFunc(roles, func(role Role) bool {
		choice, known := m.Tables[role]
		if !known || choice.Absent {
			return false
		}
		_, found := s.edgeTo(choice.Table)
		return found
	})
}

// referredBy reports whether the table of a role refers to this one.
func (m *Mapping) referredBy(shapes *shape, role Role) bool {
	choice, known := m.Tables[role]
	if !known || choice.Absent || m.of == nil {
		return false
	}
	_, found := shapeOf(m.of, choice.Table).edgeTo(shapes.table.Name)
	return found
}

// plays is how surely a table plays a secondary role, and why.
func (m *Mapping) plays(s *shape, role Role) (confidence int, reason string) {
	named := func(least int) bool { return nameScore(s.lemmas, role) >= least }
	f := s.facts
	toSold := m.refers(s, Product, Variant)
	both := func(name, reference bool) (int, string) {
		switch {
		case name && reference:
			return byBoth, "name and reference"
		case name:
			return byName, "name alone"
		}
		return 0, ""
	}
	const telling, hinting = 700, 500
	past := s.anyPast()
	switch role {
	case ProductCategory:
		if m.refers(s, Product) && m.refers(s, Category) && f.own <= 3 && !f.price && !f.sku {
			return byBoth, "joins products and categories"
		}
	case Variant:
		toProduct := m.refers(s, Product)
		if named(telling) && toProduct && !f.link && !s.anyWord("image", "attribute") && !past {
			return byBoth, "name and reference to the product"
		}
		if toProduct && (f.sku || f.price) && m.referredBy(s, OrderLine) {
			return byBoth, "order lines refer to it, and it refers to the product"
		}
		if toProduct && f.sku && (f.stock || f.price) && !past {
			return byShape, "refers to the product and has sku and price or stock"
		}
	case Address:
		reference := m.refers(s, User, Order) || m.referredBy(s, Order) || m.referredBy(s, User)
		if s.anyWord("email", "type") {
			return 0, ""
		}
		if f.street && !f.email && !named(telling) && m.refers(s, User) && !m.refers(s, Order) {
			return byShape, "street and town, and a reference"
		}
		if f.link {
			return 0, ""
		}
		return both(named(telling), f.street && reference || reference)
	case Payment:
		if s.anyWord("method", "type", "status", "provider", "card", "term", "option") || past || f.link {
			return 0, ""
		}
		return both(named(hinting) && !s.anyWord("refund"), m.refers(s, Order) || m.referredBy(s, Order))
	case Shipment:
		if s.anyWord("method", "type", "status", "address", "zone", "rate", "item", "line", "option", "carrier", "detail", "position") || past || f.link {
			return 0, ""
		}
		return both(named(telling), m.refers(s, Order) || m.referredBy(s, Order))
	case Cart:
		if lineScore(s.lemmas, senses[Cart]) > hinting || toSold {
			return 0, ""
		}
		return both(named(telling) && !past, true)
	case CartLine:
		if toSold && (m.refers(s, Cart) || s.anyWord("cart")) {
			return byBoth, "refers to a product and to a cart"
		}
	case Review:
		if f.link && !f.rating || s.anyWord("image", "vote", "reply") {
			return 0, ""
		}
		if f.rating && m.refers(s, Product) {
			return byBoth, "refers to the product and has a rating"
		}
		return both(named(telling) || named(hinting) && f.rating, toSold)
	case Inventory:
		if past || s.anyWord("transaction", "reservation", "adjustment", "item") && !f.quantity {
			return 0, ""
		}
		if named(telling) && toSold && (f.quantity || f.stock) {
			return byBoth, "name, quantity and reference to what is sold"
		}
		if toSold && f.stock && !f.price && !f.sku {
			return byShape, "refers to what is sold and has a stock"
		}
		if toSold && f.quantity && s.anyReference("warehouse") && !f.price {
			return byShape, "quantity of what is sold in a warehouse"
		}
	case PriceHistory:
		if toSold && s.anyWord("price", "tax") && f.money && !m.refers(s, Order, OrderLine) {
			return byBoth, "prices of what is sold, over time"
		}
	case StatusHistory:
		if m.refers(s, Order) && past && (f.status || s.anyWord("status", "state", "event", "log", "history")) {
			return byBoth, "changes of an order"
		}
	case Coupon:
		if f.link || m.refers(s, Order) && m.refers(s, User, Coupon) || s.anyWord("usage", "redemption", "use", "user", "customer", "order") {
			return 0, ""
		}
		return both(named(600), f.percent || s.anyColumn("code") || s.anyColumn("discount"))
	default:
	}
	return 0, ""
}

// anyPast reports whether a table's name speaks of what was.
func (s *shape) anyPast() bool {
	return slices.ContainsFunc(s.lemmas, func(word string) bool { return timeSenses[word] > 0 })
}

func (s *shape) anyReference(lemma string) bool {
	return slices.ContainsFunc(s.columns, func(c columnShape) bool { return c.refers && c.has(lemma) })
}
