// Package plan reads what EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) of PostgreSQL says of one
// execution: the counted work as a whole and node by node, the facts of the plan that cost
// points, and a tree for a reader. It stands below everything that measures a query or checks
// what is said about one, and runs no SQL itself.
//
// EXPLAIN counts blocks with everything that ran below a node. Here every node has its own
// part alone, so that the parts add up to the whole; see settle for sub-plans that run
// somewhere else than where they are printed.
package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Explain stands before a statement to be read by Read. Times are left out: taking them slows
// a query down, and nothing is judged by them.
const Explain = "EXPLAIN (ANALYZE, BUFFERS, WAL, TIMING OFF, SUMMARY OFF, FORMAT JSON) "

// What is read at most. A plan of a thousand nodes takes about one megabyte.
const (
	maxBytes = 8 << 20
	maxNodes = 5000
)

// ErrTooLong says that a statement has a plan which is longer than any that is of use. That
// is a finding about the statement.
var ErrTooLong = errors.New("the plan is too long to be read")

// Options tell what a plan is of, and what matters in it.
type Options struct {
	Title string // of the tree, "the query as it was given"
	SQL   string // shown with the tree; may be empty
	// BigTables are those of which a sequential scan is a fact that costs, by name.
	BigTables []string
}

// Counts is counted work: what is the same in every run, however busy the machine.
type Counts struct {
	Buffers int64 // blocks of tables and indexes, found in memory or read (shared hit + read)
	Rows    int64 // that came out of a node or were thrown away by it, over all loops
	Temp    int64 // blocks of temporary files, read + written
	WAL     int64 // bytes, of a statement that writes
}

// rowsPerBlock is how many rows weigh as much as one block: the planner's own proportion of
// seq_page_cost to cpu_tuple_cost, by default.
const rowsPerBlock = 100

// Weight is one figure for the shares of a plan's nodes, in rows. It is not a score.
func (c Counts) Weight() int64 {
	return plus(times(plus(c.Buffers, c.Temp), rowsPerBlock), c.Rows)
}

// Operation is one node of a plan with its own work.
type Operation struct {
	Kind     string // as EXPLAIN prints it: "Seq Scan", "Hash Left Join", "HashAggregate"
	Relation string // table, function or CTE that is read; "" for others
	Alias    string // of Relation, where it differs
	Index    string // that is used
	Own      Counts
	Whole    Counts // with all that ran below it, as EXPLAIN prints it; without rows
	Returned int64  // rows that came out, over all loops
	Loops    int64  // 0: it never ran
	Spilled  bool   // it wrote temporary files
}

// Reading is what one execution tells.
type Reading struct {
	Counts     Counts
	Operations []Operation // in the order in which EXPLAIN prints them
	Facts      []Fact
	Plan       takehome.Plan
}

// Read reads the one JSON value that EXPLAIN returns. The names in it are a stranger's; what
// comes out is clean. An error other than ErrTooLong means that it is no such value.
func Read(explained []byte, options Options) (Reading, error) {
	if len(explained) > maxBytes {
		return Reading{}, fmt.Errorf("read a plan of %d bytes: %w", len(explained), ErrTooLong)
	}
	decoder := json.NewDecoder(bytes.NewReader(explained))
	var documents []struct{ Plan *rawNode }
	if err := decoder.Decode(&documents); err != nil {
		return Reading{}, fmt.Errorf("read a plan: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Reading{}, errors.New("read a plan: something follows it")
	}
	if len(documents) != 1 || documents[0].Plan == nil {
		return Reading{}, errors.New("read a plan: it is not the plan of one statement")
	}
	nodes := 0
	root := newNode(documents[0].Plan, &nodes)
	if nodes > maxNodes {
		return Reading{}, fmt.Errorf("read a plan of %d nodes: %w", nodes, ErrTooLong)
	}
	settle(root)
	reading := Reading{Counts: Counts{
		Buffers: root.whole.Buffers, Temp: root.whole.Temp, WAL: root.whole.WAL,
	}}
	for _, each := range root.all() {
		reading.Counts.Rows = plus(reading.Counts.Rows, each.own.Rows)
		reading.Operations = append(reading.Operations, each.operation())
	}
	reading.Facts = judge(root, options.BigTables)
	reading.Plan = draw(root, reading, options)
	return reading, nil
}
