package erd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/erd"
)

// TestNamesAreComparedByMeaning: the pairs that must meet, and those that must not.
func TestNamesAreComparedByMeaning(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		live, drawn string
		same        bool
	}{
		{"users", "User", true},
		{"order_items", "OrderItem", true},
		{"order_items", "ORDER_LINE", true},
		{"orderitems", "Order Item", true},
		{"tbl_customers", "Client", true},
		{"sales.purchases", "Order", true},
		{"bestellpositionen", "Bestellpositionen", true},
		{"direcciones", "direccion", true},
		{"categories", "Category", true},
		{"user_addresses", "Address", true},
		{"product_variants", "ProductVariant", true},
		{"statuses", "status", true},
		{"shippments", "shipments", true},
		{"order_items", "Order", false},
		{"cart_items", "order_items", false},
		{"payments", "payment_methods", false},
		{"product_images", "product_reviews", false},
		{"products", "product_tags", false},
	} {
		live := erd.Model{Entities: []erd.Entity{{Name: test.live}}}
		drawn := erd.Model{Entities: []erd.Entity{{Name: test.drawn}}}
		require.Equal(t, test.same, erd.Compare(live, drawn, nil).Entities.Both == 1, "%s and %s", test.live, test.drawn)
	}
}

// TestContradictoryLinesAreNotAllRight: who draws every cardinality has said nothing.
func TestContradictoryLinesAreNotAllRight(t *testing.T) {
	t.Parallel()
	one, many := erd.Cardinality{Most: erd.AtMostOne}, erd.Cardinality{Most: erd.Several}
	between := func(from, to erd.Cardinality) erd.Relation {
		return erd.Relation{From: erd.End{Entity: "orders", Cardinality: from}, To: erd.End{Entity: "users", Cardinality: to}}
	}
	model := erd.Model{Entities: []erd.Entity{{Name: "orders"}, {Name: "users"}}}
	live, right, every := model, model, model
	live.Relations = []erd.Relation{between(many, one)}
	right.Relations = []erd.Relation{between(many, one), between(many, one)}
	every.Relations = []erd.Relation{between(many, one), between(one, many), between(one, one), between(many, many)}
	require.Equal(t, erd.Share{Good: 4, All: 4}, erd.Compare(live, right, nil).Cardinality)
	require.Equal(t, erd.Share{Good: 4, All: 8}, erd.Compare(live, every, nil).Cardinality)
	require.Equal(t, erd.Overlap{Both: 1, Live: 1, Drawn: 1}, erd.Compare(live, every, nil).Relations)
}
