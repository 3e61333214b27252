package authored_test

import (
	"testing"

	"github.com/goccy/go-yaml/ast"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

type recipe struct {
	Title string `yaml:"title"`
	Steps []step `yaml:"steps"`
	Serve listed `yaml:"serve"`
}

type step struct {
	ID     string `yaml:"id"`
	Status int    `yaml:"status"`
}

// listed is one word or a list of words.
type listed []string

func (l *listed) UnmarshalYAML(node ast.Node) error {
	if node.Type() == ast.SequenceType {
		return authored.Node(node, (*[]string)(l))
	}
	*l = listed{""}
	return authored.Node(node, &(*l)[0])
}

func TestDecodeReadsBothFormsOfAValue(t *testing.T) {
	t.Parallel()
	var got recipe
	require.NoError(t, authored.Decode("r.yaml", []byte("title: Tea\nserve: hot\nsteps: [{id: boil, status: 100}]\n"), &got))
	require.Equal(t, recipe{Title: "Tea", Serve: listed{"hot"}, Steps: []step{{ID: "boil", Status: 100}}}, got)
	require.NoError(t, authored.Decode("r.yaml", []byte("serve: [hot, sweet]\n"), &got))
	require.Equal(t, listed{"hot", "sweet"}, got.Serve)
}

func TestDecodeNamesFileLineAndMeaning(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ yaml, want string }{
		"unknown field":       {"title: Tea\nsteps:\n  - id: boil\n    sttus: 100\n", `r.yaml:4: boil: unknown field "sttus" (did you mean "status"?)`},
		"unknown, none near":  {"colour: red\n", `r.yaml:1: unknown field "colour"`},
		"wrong type":          {"steps:\n  - id: boil\n    status: warm\n", "r.yaml:3: boil: expected a number here, found text"},
		"duplicate key":       {"title: Tea\ntitle: Coffee\n", `r.yaml:2: mapping key "title" already defined at [1:1]`},
		"alias":               {"title: &a Tea\nserve: *a\n", "r.yaml:1: anchors and aliases are not allowed, write the value out"},
		"broken":              {"title: [Tea\n", "r.yaml:1: sequence end token ']' not found"},
		"two documents":       {"title: a\n---\ntitle: b\n", "r.yaml:1: the file must hold exactly one YAML document"},
		"empty":               {"# nothing\n", "r.yaml:1: the file must hold exactly one YAML document"},
		"unknown inside list": {"steps:\n  - {id: a}\n  - {idd: b}\n", `r.yaml:3: a: unknown field "idd" (did you mean "id"?)`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := authored.Decode("r.yaml", []byte(test.yaml), &recipe{})
			require.Error(t, err)
			require.Equal(t, takehome.Author, takehome.OwnerOf(err))
			require.Equal(t, test.want, err.Error())
		})
	}
}

func TestLineOf(t *testing.T) {
	t.Parallel()
	data := []byte("checks:\n  - id: B01\n    title: x\n  - {id: B02, title: y}\n  - id: \"B03\" # c\n")
	require.Equal(t, 2, authored.LineOf(data, "B01"))
	require.Equal(t, 4, authored.LineOf(data, "B02"))
	require.Equal(t, 5, authored.LineOf(data, "B03"))
	require.Equal(t, 0, authored.LineOf(data, "B0"))
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("title: Tea\nsteps: [{id: a, status: 1}]\n"))
	f.Add([]byte("title: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := authored.Decode("r.yaml", data, &recipe{}); err != nil {
			require.Equal(t, takehome.Author, takehome.OwnerOf(err))
		}
	})
}
