package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/live"
)

// fit is how well a column is a field; 0 where it is not.
func (r rule) fit(column columnShape) int {
	const (
		first    = 1000
		step     = 40
		surplus  = 5 // for each word that was not wanted
		farthest = 10
	)
	if !r.kind.holds(column) {
		return 0
	}
	for _, word := range r.not {
		if containsAll(column.lemmas, word) {
			return 0
		}
	}
	for i, wanted := range r.wanted {
		if containsAll(column.lemmas, wanted) {
			extra := len(column.lemmas) - strings.Count(wanted, " ") - 1
			return first - step*i - surplus*min(extra, farthest)
		}
	}
	return 0
}

func containsAll(lemmas []string, wanted string) bool {
	for word := range strings.FieldsSeq(wanted) {
		if !slices.Contains(lemmas, word) {
			return false
		}
	}
	return true
}

// holds reports whether a column's type can hold a kind of field.
func (k kind) holds(column columnShape) bool {
	switch k {
	case text:
		// jsonb holds texts in several languages
		return !column.refers && (column.text() || column.Base == "jsonb" || column.Base == "json" || column.Base == "hstore")
	case number:
		return !column.refers && column.number()
	case money:
		return !column.refers && (column.number() || column.Base == "money" || column.text())
	case moment:
		return column.moment() || column.text() && column.has("date", "time", "created", "placed")
	case mark:
		return column.moment() || column.flag() || column.integer() && !column.refers
	case state:
		return !column.moment() && !column.flag()
	case anything:
		return !column.refers && !column.flag()
	}
	return false
}

// fields finds the columns of a role in a table.
func (s *shape) fields(role Role) map[Field]ColumnChoice {
	found := map[Field]ColumnChoice{}
	if s.key != "" {
		found[Key] = ColumnChoice{Table: s.table.Name, Column: s.key, Reason: "primary key"}
	}
	for _, rule := range append(rules(role), everywhere()...) {
		best, points := -1, 0
		for i, column := range s.columns {
			if column.Generated && rule.kind != money || column.keyed && column.Name == s.key && rule.field != CategoryName {
				continue
			}
			if fit := rule.fit(column); fit > points {
				best, points = i, fit
			}
		}
		if best >= 0 {
			found[rule.field] = s.choice(s.columns[best], rule.kind == money)
		}
	}
	if found[LineTotal].Column == found[UnitPrice].Column {
		delete(found, LineTotal)
	}
	s.onlyMoney(role, found)
	return found
}

// onlyMoney takes the one amount of money that a table has for its price, whatever it is
// called: "cost_per_unit" of an item is what it costs the buyer.
func (s *shape) onlyMoney(role Role, found map[Field]ColumnChoice) {
	field, is := map[Role]Field{Product: Price, Variant: Price, OrderLine: UnitPrice}[role]
	if _, has := found[field]; !is || has {
		return
	}
	amounts := slices.DeleteFunc(slices.Clone(s.columns), func(c columnShape) bool {
		return !c.money() || c.text() || c.has("total", "subtotal", "tax", "discount", "fee")
	})
	if len(amounts) == 1 {
		found[field] = s.choice(amounts[0], true)
	}
}

func (s *shape) choice(column columnShape, isMoney bool) ColumnChoice {
	choice := ColumnChoice{Table: s.table.Name, Column: column.Name, Reason: "name " + strings.Join(column.lemmas, " ") + ", type " + column.Type}
	if isMoney {
		choice.Unit = moneyUnit(column)
	}
	return choice
}

// moneyUnit tells cents from euros by the name of a column, or by its type.
func moneyUnit(column columnShape) string {
	if column.has("cents") || column.integer() {
		return Minor
	}
	return Major
}

// references are the reference fields of a role: which column leads to which other role.
func (m *Mapping) references(shapes []shape) {
	wanted := []struct {
		from  Role
		field Field
		to    []Role
	}{
		{Order, UserRef, []Role{User}},
		{Address, UserRef, []Role{User}},
		{Review, UserRef, []Role{User}},
		{Cart, UserRef, []Role{User}},
		{CartLine, UserRef, []Role{User}},
		{OrderLine, OrderRef, []Role{Order}},
		{Payment, OrderRef, []Role{Order}},
		{Shipment, OrderRef, []Role{Order}},
		{StatusHistory, OrderRef, []Role{Order}},
		{OrderLine, ProductRef, []Role{Product, Variant}},
		{OrderLine, VariantRef, []Role{Variant}},
		{Variant, ProductRef, []Role{Product}},
		{Review, ProductRef, []Role{Product}},
		{CartLine, ProductRef, []Role{Product, Variant}},
		{CartLine, CartRef, []Role{Cart}},
		{Inventory, ProductRef, []Role{Product, Variant}},
		{Inventory, VariantRef, []Role{Variant}},
		{PriceHistory, ProductRef, []Role{Product, Variant}},
		{Product, CategoryRef, []Role{Category}},
		{ProductCategory, ProductRef, []Role{Product}},
		{ProductCategory, CategoryRef, []Role{Category}},
	}
	for _, each := range wanted {
		if m.Columns[each.from] == nil {
			continue
		}
		from := shapeOf(shapes, m.Tables[each.from].Table)
		for _, role := range each.to {
			target := m.Tables[role]
			if target.Absent {
				continue
			}
			if e, ok := from.edgeTo(target.Table); ok {
				if _, stated := m.Columns[each.from][each.field]; !stated {
					m.Columns[each.from][each.field] = ColumnChoice{Table: from.table.Name, Column: e.last(), Reason: e.reason()}
				}
				break
			}
		}
	}
	if category, ok := m.Columns[Category]; ok {
		table := shapeOf(shapes, m.Tables[Category].Table)
		if e, found := table.edgeTo(table.table.Name); found {
			category[Parent] = ColumnChoice{Table: table.table.Name, Column: e.last(), Reason: e.reason()}
		}
	}
	if order, ok := m.Columns[Order]; ok {
		addressFields(order, shapeOf(shapes, m.Tables[Order].Table))
	}
}

// addressFields finds where an order is sent and billed to.
func addressFields(order map[Field]ColumnChoice, s *shape) {
	place := []string{"address", "street", "city", "postcode"}
	for _, column := range s.columns {
		if !column.has(place...) || column.refers && !column.has("address") {
			continue
		}
		field := ShippingAddress
		if column.has("billing", "invoice") {
			field = BillingAddress
		}
		if _, found := order[field]; !found {
			order[field] = s.choice(column, false)
		}
	}
	for _, column := range s.columns {
		if _, found := order[ShippingAddress]; !found && column.has("shipment") && !column.moment() && !column.number() && column.has("name", "to", "location", "region", "country") {
			order[ShippingAddress] = s.choice(column, false)
		}
	}
}

// edgeTo is the best reference of a table to another: declared before soft, and not one
// that only says who handled the row.
func (s *shape) edgeTo(target live.Name) (edge, bool) {
	var best edge
	weight := 0
	for _, e := range s.edges {
		if e.target == target && e.weight() > weight {
			best, weight = e, e.weight()
		}
	}
	return best, weight > 0
}

// last is the column that tells most: of a key of several, the last one names the row.
func (e edge) last() string {
	for i := range slices.Backward(e.columns) {
		if i < len(e.key) && (e.key[i] == "id" || strings.HasSuffix(e.key[i], "_id")) {
			return e.columns[i]
		}
	}
	return e.columns[len(e.columns)-1]
}

func (e edge) reason() string {
	if e.declared {
		return fmt.Sprintf("foreign key to %s", e.target)
	}
	return fmt.Sprintf("names %s, without a foreign key", e.target)
}

func shapeOf(shapes []shape, name live.Name) *shape {
	at := slices.IndexFunc(shapes, func(s shape) bool { return s.table.Name == name })
	return &shapes[at]
}
