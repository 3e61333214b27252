package work

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/takehome-dev/takehome/graders/database"
)

// explainTime lets the server say how long it planned and ran, without a look at the clock in
// every node.
const explainTime = "EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF, SUMMARY ON, FORMAT JSON) "

// Clock runs a query once, as Measure does, and says how long the server took for it. It is
// for a reader's eyes: no share of credit comes from it.
func Clock(ctx context.Context, session *database.Connection, query Query, set Set) (took time.Duration, refusal *database.Refusal, err error) {
	refusal, err = within(ctx, session, query.opening(Literal), func() (*database.Refusal, error) {
		answer, err := session.Run(ctx, explainTime+"EXECUTE "+statementName+arguments(set))
		if err != nil || answer.Refusal != nil {
			return answer.Refusal, err
		}
		var plans []struct {
			Planning  float64 `json:"Planning Time"` // milliseconds
			Execution float64 `json:"Execution Time"`
		}
		if err := json.Unmarshal([]byte(answer.Text(0, 0)), &plans); err != nil {
			return nil, fmt.Errorf("read how long a query took: %w", err)
		}
		if len(plans) != 1 {
			return nil, fmt.Errorf("read how long a query took: %d plans instead of one", len(plans))
		}
		took = time.Duration((plans[0].Planning + plans[0].Execution) * float64(time.Millisecond))
		return nil, nil
	})
	return took, refusal, err
}

// Answer runs a query once for its rows, with the settings of the query, and with nothing that
// it could write. A refusal is in the answer.
func Answer(ctx context.Context, session *database.Connection, query Query, set Set) (database.Answer, error) {
	var answer database.Answer
	refusal, err := within(ctx, session, query.opening(Literal), func() (refusal *database.Refusal, err error) {
		answer, err = session.Run(ctx, "EXECUTE "+statementName+arguments(set))
		return answer.Refusal, err
	})
	answer.Refusal = refusal
	return answer, err
}
