package notation_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/erd/notation"
)

func TestFind(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	const small = "erDiagram\n users ||--o{ orders : place\n"
	for _, test := range []struct {
		name     string
		files    fstest.MapFS
		where    []string
		pictures []string
	}{
		{"a file of its own", fstest.MapFS{"docs/erd.mmd": file(small)}, []string{"docs/erd.mmd"}, nil},
		{"a block of Markdown", fstest.MapFS{"README.md": file("# Shop\n\ntext\n```mermaid\n" + small + "```\n")}, []string{"README.md:5"}, nil},
		{"blocks without a language, in a list", fstest.MapFS{"a.md": file("- x\n  ```\n  " + small + "  ```\n~~~\n@startuml\nentity a\n@enduml\n~~~")}, []string{"a.md:3", "a.md:7", "a.md:3"}, nil},
		{"other blocks are none", fstest.MapFS{"a.md": file("```mermaid\nflowchart TD\nA-->B\n```\n```sql\nCREATE TABLE x ();\n```\n```\n├── src\n├── docs\n```")}, nil, nil},
		{"all endings", fstest.MapFS{"a.dbml": file("Table a { id int }"), "b.puml": file("@startuml\nentity a\n@enduml"), "c.dot": file("graph { a }"), "d.GV": file("graph { a }")}, []string{"a.dbml", "b.puml", "c.dot", "d.GV"}, nil},
		{"folders that are not looked into", fstest.MapFS{".git/a.mmd": file(small), "node_modules/x/a.mmd": file(small)}, nil, nil},
		{"pictures, but no logo", fstest.MapFS{"logo.png": file(""), "docs/ER-Diagram.png": file(""), "shop.drawio": file(""), "docs/screenshot.jpg": file("")}, nil, []string{"docs/ER-Diagram.png", "shop.drawio"}},
		{"a link and a drawing in letters", fstest.MapFS{"README.md": file("See https://dbdiagram.io/d/abc or\n![ER diagram](https://example.com/x.png)\n```\n+-----+   +-----+\n| a   |---| b   |\n+-----+   +-----+\n```")}, nil, []string{"https://dbdiagram.io/d/abc", "https://example.com/x.png", "README.md:4"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found, err := notation.Find(test.files)
			require.NoError(t, err)
			var where []string
			for _, diagram := range found.Diagrams {
				where = append(where, diagram.Where())
			}
			require.Equal(t, test.where, where)
			require.Equal(t, test.pictures, found.Pictures)
		})
	}
}

func TestABigSchemaMayBeDrawnInParts(t *testing.T) {
	t.Parallel()
	found, err := notation.Find(fstest.MapFS{"README.md": &fstest.MapFile{Data: []byte(
		"```mermaid\nerDiagram\nusers ||--o{ orders : place\n```\nand\n```mermaid\nerDiagram\norders ||--|{ order_lines : hold\nproducts ||--o{ order_lines : in\n```",
	)}})
	require.NoError(t, err)
	best, compared, ok := found.Best(shop())
	require.True(t, ok)
	require.Len(t, best.Entities, 4)
	require.Equal(t, 4, compared.Entities.Both)
}

func TestExplains(t *testing.T) {
	t.Parallel()
	found, err := notation.Find(fstest.MapFS{"DESIGN.md": &fstest.MapFile{Data: []byte(
		"# Design\n\nThe tables `audit_log` and outbox are left out of the diagram:\nthey are technical.\n\nOrders are not shown to others.\n\nThe schema has users.\n",
	)}})
	require.NoError(t, err)
	require.True(t, found.Explains("audit_log"))
	require.True(t, found.Explains("public.outbox"))
	require.False(t, found.Explains("users"))
	require.False(t, found.Explains("log"), "only a word of its own is a name")
}

func TestMarkdownOfAnySizeIsCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", notation.MaxBytes)
	_, err := notation.Find(fstest.MapFS{"README.md": &fstest.MapFile{Data: []byte(long)}})
	require.NoError(t, err)
}

// FuzzFind proves that no Markdown breaks the search.
func FuzzFind(f *testing.F) {
	f.Add("# x\n```mermaid\nerDiagram\na ||--o{ b : c\n```\n~~~dbml\nTable a { id int }\n~~~\n")
	f.Add("> ````plantuml\n> entity a\n> ````\n![er diagram](https://x.y/z.png)")
	f.Fuzz(func(t *testing.T, text string) {
		files := fstest.MapFS{"README.md": &fstest.MapFile{Data: []byte(text)}}
		found, err := notation.Find(files)
		require.NoError(t, err)
		lines := strings.Count(text, "\n") + 1
		for _, diagram := range found.Diagrams {
			require.LessOrEqual(t, diagram.Line, lines+1)
		}
		again, err := notation.Find(files)
		require.NoError(t, err)
		require.Equal(t, found, again)
		found.Best(shop())
	})
}
