package workload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
)

// Cost is what a query costs at every size.
type Cost struct {
	SQL     string // at the last size
	Buffers []int64
	Plan    string   // at the last size, one node a line
	Sorts   bool     // at the last size
	Indexes []string // that any way to write it uses, at any size
	// Between is what a table between the two that are asked for adds to what a query must
	// cost, in buffers.
	Between int64
}

// Known reports whether the query could be asked at every size.
func (c Cost) Known() bool { return len(c.Buffers) == len(Sizes()) }

// Scales reports whether a query that is asked of four times as many rows costs hardly
// more: the exponent is below 0.3, or it costs at most four times what it must.
func (c Cost) Scales(reference int64) bool {
	first, last := c.Buffers[0], c.Buffers[len(c.Buffers)-1]
	// 4^0.3 = 1.516
	return last*1000 < first*1516 || last <= 4*(reference+c.Between)
}

// linkCost is a quarter of what looking up the products of a link table costs.
const linkCost = 5

// Measure fills the database up to every size and counts what each query costs.
func (v *Volume) Measure(ctx context.Context) (map[Name]Cost, error) {
	costs := map[Name][]Cost{}
	for _, size := range Sizes() {
		if err := v.Fill(ctx, size); err != nil {
			return nil, err
		}
		for _, name := range Names() {
			texts, err := v.writings(ctx, name)
			if err != nil {
				return nil, err
			}
			if costs[name] == nil {
				costs[name] = make([]Cost, len(texts))
			}
			for i, text := range texts[:min(len(texts), len(costs[name]))] {
				if strings.Contains(text, " JOIN ") {
					costs[name][i].Between = linkCost
				}
				if err := v.explain(ctx, text, &costs[name][i]); err != nil {
					return nil, err
				}
			}
		}
	}
	best := map[Name]Cost{}
	for name, ways := range costs {
		var cheapest Cost
		var indexes []string
		for _, way := range ways {
			indexes = append(indexes, way.Indexes...)
			if way.Known() && (!cheapest.Known() || way.Buffers[len(way.Buffers)-1] < cheapest.Buffers[len(cheapest.Buffers)-1]) {
				cheapest = way
			}
		}
		slices.Sort(indexes)
		cheapest.Indexes = slices.Compact(indexes)
		best[name] = cheapest
	}
	return best, nil
}

// node is a node of a plan as EXPLAIN (FORMAT JSON) writes it.
type node struct {
	Type     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Index    string `json:"Index Name"`
	Hit      int64  `json:"Shared Hit Blocks"`
	Read     int64  `json:"Shared Read Blocks"`
	Plans    []node `json:"Plans"`
}

// explain runs a query and adds what it costs. The first run warms what a session reads
// once, such as the root of an index.
func (v *Volume) explain(ctx context.Context, text string, cost *Cost) error {
	var answer database.Answer
	for range 2 {
		var err error
		if answer, err = v.conn.Run(ctx, "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON) "+text); err != nil {
			return err
		}
		if answer.Refusal != nil {
			return nil // it cannot be asked so: no such operator for this type
		}
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal([]byte(answer.Text(0, 0)), &plans); err != nil {
		return fmt.Errorf("decode a plan: %w", err)
	}
	if len(plans) != 1 {
		return errors.New("decode a plan: there is not one")
	}
	top := plans[0].Plan
	cost.SQL, cost.Plan, cost.Sorts = text, "", false
	cost.Buffers = append(cost.Buffers, min(top.Hit+top.Read, math.MaxInt64/2000))
	cost.add(top, 0)
	return nil
}

func (c *Cost) add(n node, depth int) {
	c.Plan += strings.Repeat("  ", depth) + n.Type
	if n.Index != "" {
		c.Plan += " using " + n.Index
		c.Indexes = append(c.Indexes, n.Index)
	}
	if n.Relation != "" {
		c.Plan += " on " + n.Relation
	}
	c.Plan += "\n"
	c.Sorts = c.Sorts || strings.Contains(n.Type, "Sort")
	for _, child := range n.Plans {
		c.add(child, depth+1)
	}
}
