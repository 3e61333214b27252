package notation_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/erd"
	"github.com/takehome-dev/takehome/graders/erd/notation"
)

// dump writes a model in one line for each entity and relation.
func dump(model erd.Model) []string {
	var lines []string
	for _, entity := range model.Entities {
		line := []string{strings.Join(append([]string{entity.Name}, entity.Also...), " = ") + ":"}
		for _, attribute := range entity.Attributes {
			line = append(line, show(attribute))
		}
		lines = append(lines, strings.Join(line, " "))
	}
	for _, relation := range model.Relations {
		lines = append(lines, relation.From.Entity+" "+relation.From.Cardinality.String()+" – "+relation.To.Cardinality.String()+" "+relation.To.Entity)
	}
	return lines
}

func show(attribute erd.Attribute) string {
	text := attribute.Name
	if attribute.Type != "" {
		text += "(" + attribute.Type + ")"
	}
	if attribute.Primary {
		text += "!"
	}
	if attribute.Foreign {
		text += "^"
	}
	return text
}

// TestDiagramsAsPeopleDrawThem: ! marks a primary key, ^ a foreign one.
func TestDiagramsAsPeopleDrawThem(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		syntax notation.Syntax
		text   string
		want   []string
	}{
		{
			"PlantUML's own example of crow's feet", notation.PlantUML,
			"@startuml\n' hide the spot\nskinparam linetype ortho\nentity \"User\" as e01 {\n  *user_id : number <<generated>>\n  --\n  *name : text\n  description : text\n}\n" +
				"entity \"Card\" as e02 {\n  *card_id : number <<generated>>\n  --\n  *user_id : number <<FK>>\n}\ne01 ||..o{ e02\n@enduml",
			[]string{"e01 = User: user_id(number)! name(text) description(text)", "e02 = Card: card_id(number)! user_id(number)^", "e01 1 – 0..* e02"},
		},
		{
			"PlantUML with macros and marks", notation.PlantUML,
			"@startuml\n!define primary_key(x) <b><color:#b8861b><&key></color> x</b>\n!procedure $x()\nsome text\n!endprocedure\nhide methods\nentity \"AGENCY\" as A {\n  *SK_AGENCY <<PK>>\n  ..\n  LABEL\n  #SK_CITY <<FK>>\n}\n" +
				"table(city) {\n  primary_key(id) int\n  foreign_key(country_id) int\n  not_null(name) text\n}\nnote right of A : draft\nnote left\n  more text\nend note\nA }o-up-|| city : is in\n@enduml",
			[]string{"A = AGENCY: SK_AGENCY! LABEL SK_CITY^", "city: id(int)! country_id(int)^ name(text)", "A 0..* – 1 city"},
		},
		{
			"Mermaid's class diagram", notation.Mermaid,
			"classDiagram\ndirection LR\nclass Order {\n  +Long id PK\n  +Long userId FK\n  +total() Money\n}\nclass User[\"A user\"]\nnote \"all of it\"\nUser \"1\" --> \"0..*\" Order : places\n",
			[]string{"Order: id(Long)! userId(Long)^", "User = A user:", "User 1 – 0..* Order"},
		},
		{
			"DOT with nested tables and a legend", notation.DOT,
			`digraph { node [shape=plaintext] bar [label=<<table border="0"><tr><td><b>Bar</b></td></tr><hr/><tr><td><table><tr><td>id</td><td>&nbsp;</td><td>integer</td></tr><tr><td>name</td><td>&nbsp;</td><td>varchar(255)</td></tr></table></td></tr></table>>];
			 legend [label=<<table><tr><td>Legend</td></tr></table>>]; "f o o" -> bar [dir=both, arrowhead=crowodot, arrowtail=noneteetee]; }`,
			[]string{"bar = Bar: id(integer) name(varchar(255))", "f o o:", "f o o 1 – 0..* bar"},
		},
		{
			"DOT with marks for keys", notation.DOT,
			`digraph { u [label=<<TABLE><TR><TD>USERS</TD></TR><TR><TD>🔑</TD><TD><B>id</B></TD><TD>UUID</TD></TR><TR><TD>🔗</TD><TD>role_id</TD><TD>INT</TD></TR><TR><TD><I>string</I> Name</TD></TR><TR><TD>mail «UK»</TD></TR></TABLE>>]
			 u -> w [label="1:N\nhas many", dir=both] }`,
			[]string{"u = USERS: id(UUID)! role_id(INT)^ Name(string) mail", "w:", "u 1 – ?..* w"},
		},
		{
			"DBML with habits of dbdiagram", notation.DBML,
			"table users as U {\n id uuid [PK, default: `gen_random_uuid()`]\n role enum('user','admin') [NOT NULL, default: 'user'] // who\n tags text[]\n \"full name\" varchar(80)\n note: 'all of them'\n}\n" +
				"Table posts {\n id int [pk]\n user_id uuid [not null, ref: > U.id, note: 'a, b']\n}\nRef: \"users\".id < posts.user_id",
			[]string{"users: id(uuid)! role(enum(user,admin)) tags(text[]) full name(varchar(80))", "posts: id(int)! user_id(uuid)^", "posts ?..* – 1 users", "posts ?..* – 1 users"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			diagram := notation.Parse(test.syntax, test.text, 1)
			require.Empty(t, diagram.Problems)
			require.Equal(t, test.want, dump(diagram.Model))
		})
	}
}

func TestDBMLInPieces(t *testing.T) {
	t.Parallel()
	found, err := notation.Find(fstest.MapFS{"README.md": &fstest.MapFile{Data: []byte(
		"## Users\n```\nTable users {\n id int [pk]\n}\n```\n## Orders\n```dbml\nTable orders { user_id int }\n```\n```\nRef: users.id < orders.user_id\nRef: users.id < nowhere.x\n```\n",
	)}})
	require.NoError(t, err)
	require.Len(t, found.Diagrams, 1)
	require.Equal(t, []string{"users: id(int)!", "orders: user_id(int)^", "orders ?..* – ?..1 users"}, dump(found.Diagrams[0].Model))
	require.Equal(t, []notation.Problem{{Line: 13, Text: `there is no table "nowhere"`}}, found.Diagrams[0].Problems)
}
