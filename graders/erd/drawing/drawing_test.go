package drawing_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/erd"
	"github.com/takehome-dev/takehome/graders/erd/drawing"
	"github.com/takehome-dev/takehome/graders/erd/notation"
)

// big is a schema of 30 tables, as a full shop has them.
func big() erd.Model {
	parents := []string{
		"users:", "roles:", "user_roles:users roles", "addresses:users", "categories:categories", "brands:", "products:brands", "product_categories:products categories",
		"product_images:products", "product_variants:products", "attributes:", "attribute_values:attributes", "variant_attribute_values:product_variants attribute_values",
		"warehouses:", "inventory:product_variants warehouses", "price_history:product_variants", "carts:users", "cart_items:carts product_variants",
		"coupons:", "orders:users addresses addresses coupons", "order_items:orders product_variants", "order_status_history:orders users", "payments:orders",
		"refunds:payments", "shipments:orders warehouses", "shipment_items:shipments order_items", "reviews:products users", "wishlists:users", "wishlist_items:wishlists products", "audit_log:",
	}
	var model erd.Model
	for _, line := range parents {
		name, references, _ := strings.Cut(line, ":")
		entity := erd.Entity{Name: name, Core: strings.Contains(" users products categories orders order_items ", " "+name+" ")}
		entity.Attributes = append(entity.Attributes, erd.Attribute{Name: "id", Type: "bigint", Primary: true})
		for i, target := range strings.Fields(references) {
			column := fmt.Sprintf("%s_id_%d", strings.TrimSuffix(target, "s"), i+1)
			entity.Attributes = append(entity.Attributes, erd.Attribute{Name: column, Type: "bigint", Foreign: true})
			least := []erd.Least{erd.AtLeastOne, erd.MayBeNone}[i%2]
			model.Relations = append(model.Relations, erd.Relation{
				From: erd.End{Entity: name, Attributes: []string{column}, Cardinality: erd.Cardinality{Most: erd.Several}},
				To:   erd.End{Entity: target, Attributes: []string{"id"}, Cardinality: erd.Cardinality{Least: least, Most: erd.AtMostOne}},
			})
		}
		for _, column := range []string{"name text", "status order_status", "amount numeric(12,2)", "created_at timestamptz"}[:len(name)%4+1] {
			at, typ, _ := strings.Cut(column, " ")
			entity.Attributes = append(entity.Attributes, erd.Attribute{Name: at, Type: typ})
		}
		model.Entities = append(model.Entities, entity)
	}
	return model
}

// wellFormed proves that a drawing is XML without anything that could lead out of it.
func wellFormed(t *testing.T, svg string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		if start, ok := token.(xml.StartElement); ok {
			require.Contains(t, []string{"svg", "title", "rect", "g", "text", "path", "circle"}, start.Name.Local)
			for _, attribute := range start.Attr {
				require.Contains(t, []string{
					"xmlns", "width", "height", "viewBox", "role", "font-family", "font-size", "fill", "transform", "font-weight", "font-style",
					"x", "y", "cx", "cy", "r", "d", "stroke", "stroke-width", "stroke-dasharray", "text-anchor",
				}, attribute.Name.Local)
				if attribute.Name.Local != "xmlns" {
					require.NotContains(t, attribute.Value, ":")
				}
			}
		}
	}
}

func TestADrawingIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	first := drawing.Draw(big(), "Schema", map[string]bool{"audit_log": true})
	wellFormed(t, first)
	for range 20 {
		require.Equal(t, first, drawing.Draw(big(), "Schema", map[string]bool{"audit_log": true}))
	}
}

func TestHostileNamesAreText(t *testing.T) {
	t.Parallel()
	const hostile = `</text><script>alert(1)</script><image href="http://x/"/>` + "\x00\x1b[31m\u202e\uffff&quot;\"'"
	model := erd.Model{
		Entities: []erd.Entity{{Name: hostile, Attributes: []erd.Attribute{{Name: hostile, Type: hostile, Foreign: true}}}, {Name: strings.Repeat("界", 200)}},
		Relations: []erd.Relation{
			{From: erd.End{Entity: hostile, Attributes: []string{hostile}}, To: erd.End{Entity: strings.Repeat("界", 200)}},
			{From: erd.End{Entity: hostile}, To: erd.End{Entity: hostile}},
			{From: erd.End{Entity: hostile}, To: erd.End{Entity: "nowhere"}},
		},
	}
	svg := drawing.Draw(model, hostile, nil)
	wellFormed(t, svg)
	require.NotContains(t, svg, "<script")
	require.NotContains(t, svg, "<image")

	text := drawing.MermaidText(model)
	again := notation.Parse(notation.Mermaid, text, 1)
	require.Empty(t, again.Problems, text)
}

func TestMermaidTextCanBeReadAgain(t *testing.T) {
	t.Parallel()
	model := big()
	again := notation.Parse(notation.Mermaid, drawing.MermaidText(model), 1)
	require.Empty(t, again.Problems)
	compared := erd.Compare(model, again.Model, nil)
	require.Empty(t, compared.Differences)
	require.True(t, compared.Cardinality.Fraction().IsFull())
	require.Len(t, again.Relations, len(model.Relations))
}

func TestADrawingOfNothing(t *testing.T) {
	t.Parallel()
	wellFormed(t, drawing.Draw(erd.Model{}, "nothing", nil))
}

// TestALongChainIsDrawnInTime guards against layouts that grow with the product of lines and layers.
func TestALongChainIsDrawnInTime(t *testing.T) {
	t.Parallel()
	var model erd.Model
	for i := range notation.MaxEntities {
		model.Entities = append(model.Entities, erd.Entity{Name: fmt.Sprint("e", i)})
		for back := 1; back <= 4 && back <= i; back++ {
			model.Relations = append(model.Relations, erd.Relation{From: erd.End{Entity: fmt.Sprint("e", i)}, To: erd.End{Entity: fmt.Sprint("e", (i-1)/back)}})
		}
	}
	svg := drawing.Draw(model, "chain", nil)
	require.Equal(t, drawing.MaxBoxes, strings.Count(svg, "<g "))
}

// FuzzDraw proves that every diagram that can be read can be drawn, as well-formed XML.
func FuzzDraw(f *testing.F) {
	for _, file := range []string{"shop.mmd", "shop.dbml"} {
		text, err := os.ReadFile("../notation/testdata/" + file)
		require.NoError(f, err)
		f.Add(string(text), strings.HasSuffix(file, ".mmd"))
	}
	f.Add("erDiagram\na ||--o{ b : x\nb ||--o{ a : y\nb ||--|| b : z", true)
	f.Fuzz(func(t *testing.T, text string, mermaid bool) {
		syntax := notation.DBML
		if mermaid {
			syntax = notation.Mermaid
		}
		diagram := notation.Parse(syntax, text, 1)
		svg := drawing.Draw(diagram.Model, text, nil)
		wellFormed(t, svg)
		require.Equal(t, svg, drawing.Draw(diagram.Model, text, nil))
		require.Empty(t, notation.Parse(notation.Mermaid, drawing.MermaidText(diagram.Model), 1).Problems)
	})
}

func BenchmarkDraw(b *testing.B) {
	model := big()
	for b.Loop() {
		drawing.Draw(model, "Schema", nil)
	}
}
