package term

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

func board() Scoreboard {
	return Scoreboard{
		Heading: []string{"todo-api v1", "submission 9f2c1e", "41 s"},
		Rows: []ScoreRow{
			{"Correctness", "34/40", 0.85, []Count{{"pass", 9}, {"fail", 2}, {"partial", 0}}},
			{"Data integrity 数据", "20/30", 0.6667, []Count{{"pass", 3}, {"fail", 1}}},
			{"Robustness under load and when the database is away", "15/30", 0.5, []Count{{"pass", 2}, {"fail", 1}, {"blocked", 12}}},
			{"Clarity", "-", -1, []Count{{"needs_review", 2}}},
		},
		Total: ScoreRow{Title: "Total", Score: "69/100", Share: 0.69},
		Notes: []string{"capped at 70: data does not survive a restart"},
		Losses: []Loss{
			{"fail", "create-rejects-negative", "want 422, got 201 with a body that goes on and on and on", "-6", "takehome report show report.json#create-rejects-negative"},
			{"partial", "list-pages", "no total", "-1.5", "takehome report show report.json#list-pages"},
		},
		More:   3,
		Footer: []string{"Report: report.html   Data: report.json"},
	}
}

func TestScoreboardLooksAsItDid(t *testing.T) {
	t.Parallel()
	for name, surface := range map[string]Surface{
		"pipe":     {},
		"terminal": {Colour: true, Unicode: true, Width: 120},
		"80":       {Unicode: true, Width: 80},
		"40":       {Width: 40},
	} {
		var got strings.Builder
		for _, line := range surface.Scoreboard(board()) {
			rendered := surface.Render(line)
			require.NotRegexp(t, ` $`, rendered, name)
			got.WriteString(rendered + "\n")
		}
		golden := filepath.Join("testdata", "scoreboard-"+name+".txt")
		if *update {
			require.NoError(t, os.MkdirAll("testdata", 0o755))
			require.NoError(t, os.WriteFile(golden, []byte(got.String()), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), got.String(), name)
	}
}

func TestTablesKeepTheirColumns(t *testing.T) {
	t.Parallel()
	surface := Surface{Unicode: true, Width: 24}
	lines := surface.Lines(Table{Indent: " ", Gap: "  ", Yields: 0, Rows: [][]Cell{
		{{Line: Line{{"a long title that yields", Strong}}}, {Line: Line{{"5", Normal}}, Right: true}, {Line: Line{{"x", Good}, {"yz", Bad}}}},
		{{Line: Line{{"日本", Normal}}}, {Line: Line{{"123", Normal}}, Right: true}, {}},
		{},
	}})
	require.Len(t, lines, 3)
	require.Equal(t, " a long title…    5  xyz", surface.Render(lines[0]))
	require.Equal(t, " 日本           123", surface.Render(lines[1]))
	require.Empty(t, surface.Render(lines[2]))
}

func TestClipSaysThatItClipped(t *testing.T) {
	t.Parallel()
	line := Line{{"abc", Good}, {"defgh", Bad}}
	for columns, want := range map[int]string{8: "abcdefgh", 7: "abcdef…", 4: "abcd", 3: "abc", 0: ""} {
		require.Equal(t, want, Surface{}.Render(Surface{Unicode: true}.Clip(line, columns)), "%d", columns)
	}
	require.Equal(t, "abcd...", Surface{}.Render(Surface{}.Clip(line, 7)))
}
