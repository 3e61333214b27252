package takehome

// Exhibit is something worth looking at that speaks of a submission as a whole: a drawing
// of its schema, the plans of its queries. Every text in it was cleaned by whoever made it.
type Exhibit struct {
	ID    string `json:"id"` // "schema-diagram"
	Title string `json:"title"`
	Note  string `json:"note,omitempty"` // what to look for, a sentence or two
	// StaffOnly keeps it out of what a candidate sees.
	StaffOnly bool      `json:"staff_only,omitempty"`
	Drawings  []Drawing `json:"drawings,omitempty"`
	Plans     []Plan    `json:"plans,omitempty"` // shown side by side
	Tables    []Table   `json:"tables,omitempty"`
}

// Drawing is a picture and the text that it was drawn from.
type Drawing struct {
	Title  string `json:"title"`
	SVG    string `json:"svg"`              // made by us; shown as an image, in which nothing runs
	Source string `json:"source,omitempty"` // the same as text, "erDiagram …"
	Syntax string `json:"syntax,omitempty"` // of Source: "mermaid", "dot"
}

// Table is rows to be read.
type Table struct {
	Title   string     `json:"title"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// Plan is how Postgres ran a query, from EXPLAIN (ANALYZE, BUFFERS).
type Plan struct {
	Title string    `json:"title"` // "the query as it was given"
	SQL   string    `json:"sql,omitempty"`
	Work  []Setting `json:"work,omitempty"` // counted: buffers, rows processed, blocks of temporary files
	Root  PlanNode  `json:"root"`
}

// PlanNode is one node of a plan. Counts are sums over all loops; Buffers and Rows are the
// node's own, its children left out, so that they add up to the whole.
type PlanNode struct {
	Kind      string     `json:"kind"`                // "Seq Scan", "Hash Join"
	Part      string     `json:"part,omitempty"`      // "CTE recent", "SubPlan 1": not a plain source of the node above
	Relation  string     `json:"relation,omitempty"`  // table, and its alias
	Index     string     `json:"index,omitempty"`     // name of the index that is used
	Condition string     `json:"condition,omitempty"` // the filter, join or index condition
	Estimated float64    `json:"estimated"`           // rows per loop, as planned
	Actual    float64    `json:"actual"`              // rows per loop, as they came
	Loops     int64      `json:"loops"`
	Processed int64      `json:"processed"` // rows that came or were thrown away
	Buffers   int64      `json:"buffers"`   // blocks read from memory or disk
	Temp      int64      `json:"temp,omitempty"`
	PerMille  int        `json:"per_mille"`       // its share of the plan's work
	Notes     []string   `json:"notes,omitempty"` // facts that scored: "sequential scan of a big table"
	Children  []PlanNode `json:"children,omitempty"`
}
