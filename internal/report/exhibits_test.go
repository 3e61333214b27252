package report

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestRunsWithoutAProgramTalkOfNone(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]takehome.Report{"query": queryReport(t), "schema": schemaReport(t)} {
		for _, format := range []string{"html", "text", "md"} {
			text := rendered(t, format, r)
			for _, word := range []string{"curl", "How it came up", "<h3 class=\"sub\">Start</h3>", "Program log", "Build log", "did not come further"} {
				require.NotContains(t, text, word, name+" as "+format)
			}
		}
		require.Contains(t, rendered(t, "html", r), "Nothing of the submission was built or started.", name)
	}
	page := rendered(t, "html", queryReport(t))
	require.Contains(t, page, "42601 syntax error at or near &#34;order&#34;")
	var advice strings.Builder
	require.NoError(t, WriteAdvice(&advice, queryReport(t), Look{}))
	require.Contains(t, advice.String(), `said  42601 syntax error at or near "order"`)
	require.NotContains(t, advice.String(), "try   ")
}

func TestSchemaMappingIsShownWithItsDoubts(t *testing.T) {
	t.Parallel()
	page := rendered(t, "html", schemaReport(t))
	for _, text := range []string{
		"What is what in the schema", `74 % <small class="caution">assumed</small>`, `44 % <small class="caution">not relied on</small>`,
		`<span class="soft">none</span>`, `<tr class="of"><th scope="row"><bdi>user.email</bdi></th>`,
	} {
		require.Contains(t, page, text)
	}
	require.Contains(t, rendered(t, "html", strongReport(t)), "Shape of the API")
	require.NotContains(t, rendered(t, "html", strongReport(t)), `class="caution"`)
}

// A drawing is an image in every page: its bytes never are part of the document.
func TestDrawingsAreImages(t *testing.T) {
	t.Parallel()
	page := rendered(t, "html", schemaReport(t))
	require.Contains(t, page, `<img src="data:image/svg&#43;xml;base64,PHN2Zy`)
	require.NotContains(t, page, "OWNED")
	require.NotContains(t, page, "<script")
	require.NotRegexp(t, ` style=`, page)
}

func TestDrawingThatIsTooLargeIsNamed(t *testing.T) {
	t.Parallel()
	r := schemaReport(t)
	r.Exhibits[0].Drawings[0].SVG = strings.Repeat(" ", drawingsShown) + "<svg/>"
	page := rendered(t, "html", r)
	require.Contains(t, page, "The drawing is too large for this page; report.json has it.")
	require.Equal(t, 1, strings.Count(page, "<img "), "the other one is shown")
}

// A drawing that cannot be read when it is made to fit is shown in full size, to be scrolled.
func TestWideDrawingIsShownInFullSize(t *testing.T) {
	t.Parallel()
	page := rendered(t, "html", schemaReport(t))
	require.Contains(t, page, `<input type="radio" name="zoom-exhibit-1-1" class="full" checked>`)
	require.Contains(t, page, `<input type="radio" name="zoom-exhibit-1-2" checked>`)
	for svg, want := range map[string]int{
		`<svg width="2340" height="1">`: 2340, `<svg width="12.5px">`: 12, `<svg viewBox="0 0 1 1">`: 0, `<svg width="100%">`: 0, "": 0, `<svg width="-4">`: 0, `<svg width="NaN">`: 0,
	} {
		require.Equal(t, want, widthOf(svg), svg)
	}
}

func TestPagesOfGreatExhibitsStayReadable(t *testing.T) {
	t.Parallel()
	r := queryReport(t)
	node := takehome.PlanNode{Kind: strings.Repeat("K", 400), Loops: 1, Actual: 1e300, Estimated: -4, Condition: strings.Repeat("<", 5000), Notes: make([]string, 50)}
	for range 3000 {
		node.Children = append(node.Children, takehome.PlanNode{Kind: "Result", Loops: 1})
	}
	table := takehome.Table{Title: "t", Columns: make([]string, 100)}
	for i := range 5000 {
		table.Rows = append(table.Rows, []string{strings.Repeat("x", 200), strconv.Itoa(i)})
	}
	r.Exhibits = append(r.Exhibits, takehome.Exhibit{Title: "great", Plans: []takehome.Plan{{Root: node}, {Root: node}, {Root: node}}, Tables: []takehome.Table{table, table}})
	page := rendered(t, "html", r)
	require.Less(t, len(page), 2<<20)
	require.Contains(t, page, "2801 more in report.json")
	require.Contains(t, page, "4800 more rows in report.json")
	require.Less(t, len(rendered(t, "text", r)), 64<<10)
	require.Less(t, len(rendered(t, "md", r)), 128<<10)
}

func TestChangeIsSaidInWords(t *testing.T) {
	t.Parallel()
	for want, pair := range map[string][2]int64{
		"the same": {5, 5}, "none left": {2056, 0}, "new": {0, 4}, "9.9x fewer": {4086, 411}, "12x fewer": {4800, 400},
		"slightly fewer": {1000, 999}, "1.5x more": {100, 150}, "20,000x fewer": {20000, 1},
	} {
		require.Equal(t, want, changeWords(pair[0], pair[1]))
	}
}

func TestFiguresAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	for want, n := range map[string]int64{"0": 0, "999": 999, "1,000": 1000, "1,234,567": 1234567, "-1,000": -1000, "-100": -100} {
		require.Equal(t, want, digits(n))
	}
	for want, perMille := range map[string]int{"": 0, "0.1 %": 1, "9.9 %": 99, "10 %": 100, "98 %": 977, "100 %": 1000} {
		require.Equal(t, want, shareWords(perMille))
	}
	require.Equal(t, "0.33", rowsWords(0.33))
	require.Equal(t, "1,234", rowsWords(1234.4))
}

// What a stranger wrote stays inside code; what an author wrote is text.
func TestMarkdownMeansNothingInAStrangersText(t *testing.T) {
	t.Parallel()
	var m markdown
	for text, want := range map[string]string{
		"plain":             "`plain`",
		"``x`":              "``` ``x` ```",
		"a|b":               "`a¦b`",
		"<img src=x>\n# hi": "`<img src=x>\\n# hi`",
		"":                  "",
		"  ":                "",
	} {
		require.Equal(t, want, m.code(text))
	}
	require.Equal(t, `&lt;b&gt; \[x\](http:<!-- -->//a) @<!-- -->all \#1`, m.plain("<b> [x](http://a) @all #1"))
	m.block("", "x\n````\ny")
	require.Equal(t, "`````\nx\n````\ny\n`````\n\n", m.out.String())
}

func FuzzMarkdownCode(f *testing.F) {
	f.Add("a`b``c")
	f.Fuzz(func(t *testing.T, text string) {
		var m markdown
		code := m.code(text)
		if code == "" {
			return
		}
		fence := code[:len(code)-len(strings.TrimLeft(code, "`"))]
		require.NotEmpty(t, fence)
		require.True(t, strings.HasSuffix(code, fence))
		require.Less(t, longestRun(code[len(fence):len(code)-len(fence)], '`'), len(fence), "nothing inside ends the code")
		require.NotContains(t, code, "\n")
		require.NotContains(t, code, "|")
	})
}
