package notation_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/erd"
	"github.com/takehome-dev/takehome/graders/erd/notation"
)

// shop is the schema that the four diagrams in testdata show.
func shop() erd.Model {
	key := func(name string) erd.Attribute {
		return erd.Attribute{Name: name, Type: "bigint", Primary: true, Required: true}
	}
	foreign := func(name string) erd.Attribute { return erd.Attribute{Name: name, Type: "bigint", Foreign: true} }
	plain := func(name string) erd.Attribute { return erd.Attribute{Name: name, Type: "text", Essential: true} }
	both := func(name string) erd.Attribute {
		return erd.Attribute{Name: name, Type: "bigint", Primary: true, Foreign: true}
	}
	many := erd.Cardinality{Most: erd.Several}
	one := erd.Cardinality{Least: erd.AtLeastOne, Most: erd.AtMostOne}
	perhaps := erd.Cardinality{Least: erd.MayBeNone, Most: erd.AtMostOne}
	reference := func(from, column, to string, parent erd.Cardinality) erd.Relation {
		return erd.Relation{
			From: erd.End{Entity: from, Attributes: []string{column}, Cardinality: many},
			To:   erd.End{Entity: to, Attributes: []string{"id"}, Cardinality: parent},
		}
	}
	return erd.Model{
		Entities: []erd.Entity{
			{Name: "categories", Core: true, Attributes: []erd.Attribute{key("id"), foreign("parent_id"), plain("name")}},
			{Name: "order_lines", Core: true, Attributes: []erd.Attribute{both("order_id"), both("product_id"), plain("quantity"), plain("unit_price")}},
			{Name: "orders", Core: true, Attributes: []erd.Attribute{key("id"), foreign("user_id"), plain("status"), plain("placed_at")}},
			{Name: "product_categories", Attributes: []erd.Attribute{both("product_id"), both("category_id")}},
			{Name: "products", Core: true, Attributes: []erd.Attribute{key("id"), plain("name"), plain("price")}},
			{Name: "schema_migrations", Technical: true, Attributes: []erd.Attribute{key("version")}},
			{Name: "users", Core: true, Attributes: []erd.Attribute{key("id"), plain("email"), plain("name"), {Name: "created_at"}}},
		},
		Relations: []erd.Relation{
			reference("categories", "parent_id", "categories", perhaps),
			reference("order_lines", "order_id", "orders", one),
			reference("order_lines", "product_id", "products", one),
			reference("orders", "user_id", "users", one),
			reference("product_categories", "category_id", "categories", one),
			reference("product_categories", "product_id", "products", one),
		},
		Others: []string{"order_status"},
	}
}

func parseFile(t *testing.T, name string) notation.Diagram {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	syntax := map[string]notation.Syntax{".mmd": notation.Mermaid, ".dbml": notation.DBML, ".puml": notation.PlantUML, ".dot": notation.DOT}[filepath.Ext(name)]
	return notation.Parse(syntax, string(text), 1)
}

func TestTheSameDiagramInFourLanguages(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"shop.mmd", "shop.dbml", "shop.puml", "shop.dot"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			diagram := parseFile(t, file)
			require.Empty(t, diagram.Problems)
			require.Len(t, diagram.Entities, 5)
			require.Len(t, diagram.Relations, 5)
			compared := erd.Compare(shop(), diagram.Model, nil)
			require.Empty(t, compared.Differences)
			require.Equal(t, erd.Overlap{Both: 5, Live: 5, Drawn: 5}, compared.Entities)
			require.Equal(t, erd.Overlap{Both: 5, Live: 5, Drawn: 5}, compared.Relations)
			require.True(t, compared.Cardinality.Fraction().IsFull(), compared.Cardinality)
			require.True(t, compared.Columns.Fraction().IsFull(), compared.Columns)
			require.True(t, compared.Tables.Fraction().IsFull(), compared.Tables)
			require.Equal(t, []string{"product_categories"}, compared.Collapsed)
			for _, entity := range diagram.Entities {
				for _, attribute := range entity.Attributes {
					require.NotEmpty(t, attribute.Type, "%s.%s", entity.Name, attribute.Name)
				}
			}
		})
	}
}

func TestWhatIsReadOfALine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		syntax notation.Syntax
		text   string
		want   []string // relations
	}{
		{"Mermaid, words", notation.Mermaid, "erDiagram\nCAR 1 to zero or more NAMED-DRIVER : allows\nPERSON many(0) optionally to 0+ CAR : drives", []string{"CAR 1 – 0..* NAMED-DRIVER", "PERSON 0..* – 0..* CAR"}},
		{"Mermaid, quoted and aliased", notation.Mermaid, "erDiagram\n\"line item\" }|..|| p[\"The product\"] : \"of\"", []string{"line item 1..* – 1 p"}},
		{"Mermaid, a line without a label", notation.Mermaid, "erDiagram\nA||--o{B", []string{"A 1 – 0..* B"}},
		{"Mermaid, class diagram", notation.Mermaid, "classDiagram\nclass User {\n +int id\n}\nUser \"1\" --> \"*\" Order : places\nOrder : +int id", []string{"User 1 – ?..* Order"}},
		{"DBML, one to one", notation.DBML, "Table a { id int [pk] }\nTable b { a_id int [not null, ref: - a.id] }", []string{"b ?..1 – 1 a"}},
		{"DBML, turned", notation.DBML, "Table a { id int [pk, ref: < b.a_id] }\nTable b { a_id int }", []string{"b ?..* – ?..1 a"}},
		{"DBML, composite, with a schema", notation.DBML, "Table s.a { x int\ny int }\nTable b { x int [not null]\ny int [not null] }\nRef: b.(x, y) > s.a.(x, y)", []string{"b ?..* – 1 s.a"}},
		{"PlantUML, arrows say nothing", notation.PlantUML, "@startuml\nA --> B\nA *-- C\n@enduml", []string{"A ? – ? B", "A 1 – ? C"}},
		{"PlantUML, quoted ends", notation.PlantUML, "@startuml\n\"order line\" }|--|| \"product\" : of\n@enduml", []string{"order line 1..* – 1 product"}},
		{"DOT, undirected chain", notation.DOT, "graph { a -- b -- {c d} [headlabel=\"*\"] }", []string{"a ? – ?..* b", "b ? – ?..* c", "b ? – ?..* d"}},
		{"DOT, Chen's diamonds", notation.DOT, "graph { node [shape=box] user; order\n node [shape=ellipse]; uid [label=<<u>id</u>>]; user -- uid\n node [shape=diamond]; places\n user -- places [label=1]; places -- order [label=n] }", []string{"user 1 – ?..* order"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			diagram := notation.Parse(test.syntax, test.text, 1)
			require.Empty(t, diagram.Problems)
			var got []string
			for _, relation := range diagram.Relations {
				got = append(got, relation.From.Entity+" "+relation.From.Cardinality.String()+" – "+relation.To.Cardinality.String()+" "+relation.To.Entity)
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestProblemsNameTheirLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		syntax notation.Syntax
		text   string
		want   string
	}{
		{notation.Mermaid, "flowchart TD\nA-->B", `line 10: "flowchart" is no entity-relationship diagram: the first word must be erDiagram`},
		{notation.Mermaid, "erDiagram\nA ||--o{ B : x\nA --> B", `line 12: "A --> B" is neither an entity nor a relation such as A ||--o{ B : label`},
		{notation.Mermaid, "erDiagram\nA {\n int\n}", `line 12: "int" has a name but no type, or a type but no name`},
		{notation.Mermaid, "erDiagram\nA {\n int id", `line 12: the block of "A" is not closed`},
		{notation.DBML, "Table a {\n id int\n", `line 10: the table "a" is not closed`},
		{notation.DBML, "Table a { id int }\nRef: a.id > b.id", `line 11: there is no table "b"`},
		{notation.DBML, "CREATE TABLE x (id int);", `line 10: "CREATE" starts no statement, such as Table, Ref or Enum`},
		{notation.PlantUML, "@startuml\nentity a {\n id\n@enduml", `line 11: the body of "a" is not closed`},
		{notation.PlantUML, "@startuml\nthis is prose, not a diagram\n@enduml", `line 11: "this is prose, not a diagram" is neither an entity nor a relation such as A ||--o{ B`},
		{notation.DOT, "a -> b", "line 10: the text must begin with graph or digraph"},
		{notation.DOT, "digraph {\n a -> ;\n}", `line 11: ";" is no node`},
		{notation.DOT, "digraph {\n a [label=\"x\n}", "line 11: the quoted text is not closed"},
	} {
		diagram := notation.Parse(test.syntax, test.text, 10)
		require.NotEmpty(t, diagram.Problems, test.text)
		require.Equal(t, test.want, diagram.Problems[0].String())
	}
}

func TestADiagramHasLimits(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	many.WriteString("erDiagram\n")
	for i := range notation.MaxEntities + 50 {
		many.WriteString("E" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26) + " ||--o{ HUB : in\n")
	}
	diagram := notation.Parse(notation.Mermaid, many.String(), 1)
	require.Len(t, diagram.Entities, notation.MaxEntities)
	require.Len(t, diagram.Problems, 1)
	require.Contains(t, diagram.Problems[0].Text, "more than 500 entities")

	long := notation.Parse(notation.DBML, "Table a { id int }\n//"+strings.Repeat("x", notation.MaxBytes), 1)
	require.Contains(t, long.Problems[0].Text, "longer than 256 KiB")
	deep := notation.Parse(notation.DOT, "graph {"+strings.Repeat("{", 10000), 1)
	require.Contains(t, deep.Problems[0].Text, "nested deeper")
	wide := notation.Parse(notation.Mermaid, "erDiagram\nA ||--o{ B : "+strings.Repeat("x", 5000), 1)
	require.Equal(t, "line 2: the line is longer than 4096 bytes", wide.Problems[0].String())
}

// FuzzParse proves for all languages that no text breaks a parser or passes its limits.
func FuzzParse(f *testing.F) {
	for _, file := range []string{"shop.mmd", "shop.dbml", "shop.puml", "shop.dot"} {
		text, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(f, err)
		for kind := range 4 {
			f.Add(kind, string(text))
		}
	}
	syntaxes := []notation.Syntax{notation.Mermaid, notation.DBML, notation.PlantUML, notation.DOT}
	live := shop()
	f.Fuzz(func(t *testing.T, kind int, text string) {
		diagram := notation.Parse(syntaxes[uint(kind)%4], text, 1)
		require.LessOrEqual(t, len(diagram.Entities), notation.MaxEntities)
		names := map[string]bool{}
		for _, entity := range diagram.Entities {
			require.False(t, names[entity.Name], "%q twice", entity.Name)
			names[entity.Name] = true
		}
		for _, relation := range diagram.Relations {
			require.True(t, names[relation.From.Entity] && names[relation.To.Entity])
		}
		for _, problem := range diagram.Problems {
			require.Positive(t, problem.Line)
			require.LessOrEqual(t, problem.Line, strings.Count(text, "\n")+1)
		}
		require.Equal(t, diagram, notation.Parse(syntaxes[uint(kind)%4], text, 1))
		if len(diagram.Entities) > 40 {
			return
		}
		compared := erd.Compare(live, diagram.Model, nil)
		for _, overlap := range []erd.Overlap{compared.Entities, compared.Relations} {
			require.LessOrEqual(t, overlap.Both, min(overlap.Live, overlap.Drawn))
		}
		for _, share := range []erd.Share{compared.Cardinality, compared.Columns, compared.Tables} {
			require.LessOrEqual(t, share.Good, share.All)
		}
	})
}
