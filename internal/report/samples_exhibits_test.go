package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// samplePlans were read from plans that PostgreSQL 17 made.
func samplePlans(t *testing.T) []takehome.Plan {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "plans.json"))
	require.NoError(t, err)
	var plans []takehome.Plan
	require.NoError(t, json.Unmarshal(data, &plans))
	return plans
}

// withoutProgram is a run of a challenge that has nothing to build or start.
func withoutProgram(t *testing.T, name, kind, title string, deviations map[string]found) takehome.Report {
	t.Helper()
	r := graded(t, name, deviations)
	r.Canonical.Challenge = takehome.Challenge{ID: kind, Version: "1.0.0", Title: title, Kind: kind, Digest: sum("challenge")}
	r.Canonical.Recipe, r.Canonical.Plan, r.Canonical.Binding = nil, nil, nil
	r.Run.Image, r.Run.Boot, r.Run.BuildLog, r.Run.ProgramLog = nil, nil, takehome.Text{}, takehome.Text{}
	r.Run.Phases = []takehome.Phase{{Name: "intake", Micros: 41_000}, {Name: "pod", Micros: 310_000}, {Name: "Postgres", Micros: 690_000}, {Name: "checks", Micros: 9_400_000}, {Name: "teardown", Micros: 220_000}}
	for check := range r.Evidence {
		r.Evidence[check] = []takehome.Evidence{{Query: &takehome.Query{
			Role: takehome.RoleOwner, SQL: "SELECT o.id, o.total\nFROM orders o\nWHERE o.placed_on >= $1", Columns: []string{"id", "total"}, Rows: [][]string{{"7", "12.50"}, {"9", "NULL"}},
		}}}
	}
	return r
}

// queryReport is a submission to a slow-query challenge.
func queryReport(t *testing.T) takehome.Report {
	t.Helper()
	plans := samplePlans(t)
	r := withoutProgram(t, "meier-slow-query", "query", "The slow report", map[string]found{
		"B02": failed("2 of 200 small databases tell the two queries apart", "the same rows as the given query", "", "", "", 0, ""),
		"C01": failed("indexes.sql could not be run", "every statement runs", "", "", "", 0, ""),
	})
	r.Evidence["C01"] = []takehome.Evidence{{Query: &takehome.Query{
		Role: takehome.RoleOwner, SQL: "CREATE INDEX orders_placed_on ON order (placed_on)",
		SQLState: "42601", Message: `syntax error at or near "order"`,
	}}}
	r.Exhibits = []takehome.Exhibit{
		{
			ID: "plans", Title: "How the two queries run", Note: "The parameters are those on which the candidate's query did the most work.",
			Plans: []takehome.Plan{plans[0], plans[2]},
		},
		{
			ID: "counterexample", Title: "The smallest database that tells the queries apart",
			Tables: []takehome.Table{
				{Title: "customers", Columns: []string{"id", "country"}, Rows: [][]string{{"1", "DE"}, {"2", "NULL"}}},
				{Title: "orders", Columns: []string{"id", "customer_id", "placed_on", "status"}, Rows: [][]string{{"1", "2", "2024-02-29", "paid"}}},
				{Title: "the given query returns", Columns: []string{"country", "total"}, Rows: [][]string{{"DE", "0"}, {"NULL", "12.50"}}},
				{Title: "the candidate's query returns", Columns: []string{"country", "total"}},
			},
		},
		{
			ID: "claims", Title: "What EXPLANATION.md says, checked",
			Tables: []takehome.Table{{
				Title: "Claims", Columns: []string{"It says", "True?", "We measured"},
				Rows: [][]string{
					{"from 4,086 to 411 buffers", "true", "4,102 to 407 blocks at scale shop_8, parameters common"},
					{"the sort no longer spills to disk", "false", "91 blocks of temporary files at scale shop_8"},
					{"it is 30x faster", "not checkable", "time is not measured for the score"},
				},
			}},
		},
		{ID: "staff", Title: "All parameter sets", StaffOnly: true, Plans: plans[1:2]},
	}
	return r
}

// schemaReport is a submission to a schema challenge.
func schemaReport(t *testing.T) takehome.Report {
	t.Helper()
	r := withoutProgram(t, "okoye-shop-schema", "schema", "The schema of a shop", map[string]found{
		"B02": failed("a category cannot have a parent", "a tree of categories", "", "", "", 0, ""),
	})
	r.Canonical.Binding = []takehome.BindingEntry{
		{Name: "user", Value: "kunden", Source: "named so in German; has e_mail and passwort_hash; bestellungen refers to it", Confidence: 96},
		{Name: "user.email", Value: "kunden.e_mail", Source: "name, unique", Confidence: 98},
		{Name: "order", Value: "bestellungen", Source: "refers to kunden; positionen refer to it", Confidence: 74},
		{Name: "order.status", Value: "zustand", Source: "an enum of five states", Confidence: 74},
		{Name: "payment", Value: "vorgang", Source: "refers to bestellungen; has an amount", Confidence: 44},
		{Name: "coupon", Value: "", Source: "no table looks like one", Confidence: 90},
	}
	r.Exhibits = []takehome.Exhibit{{
		ID: "schema-diagram", Title: "The schema as we read it", Note: "Lines are foreign keys; a crow's foot stands at the side of many.",
		Drawings: []takehome.Drawing{
			{Title: "Read from the catalog", SVG: wideDrawing(), Syntax: "mermaid", Source: "erDiagram\n  KUNDEN ||--o{ BESTELLUNGEN : places\n"},
			{Title: "As the candidate drew it", SVG: strings.Replace(wideDrawing(), `width="2400"`, `width="420"`, 1)},
		},
	}}
	return r
}

// wideDrawing is wider than any page, and tries what an image must not be able to do.
func wideDrawing() string {
	var out strings.Builder
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="2400" height="320" viewBox="0 0 2400 320">`)
	for i := range 12 {
		fmt.Fprintf(&out, `<rect x="%d" y="40" width="150" height="200" fill="#fff" stroke="#23557a"/><text x="%d" y="70" font-size="18">table_%d</text>`, i*200+10, i*200+20, i)
	}
	out.WriteString(`<script>document.title='OWNED'</script><image xlink:href="http://` + canaryAddress + `/svg"/></svg>`)
	return out.String()
}
