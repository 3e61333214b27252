package workload

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
)

func TestScales(t *testing.T) {
	t.Parallel()
	for _, each := range []struct {
		buffers   []int64
		reference int64
		between   int64
		scales    bool
	}{
		{[]int64{10, 10, 10}, 1, 0, true},
		{[]int64{100, 120, 150}, 1, 0, true},  // an exponent of 0.29
		{[]int64{100, 125, 155}, 1, 0, false}, // of 0.32
		{[]int64{2, 4, 8}, 2, 0, true},        // grows, and is cheap
		{[]int64{2, 4, 9}, 2, 0, false},
		{[]int64{2, 4, 9}, 2, 1, true}, // over a link table
	} {
		require.Equal(t, each.scales, Cost{Buffers: each.buffers, Between: each.between}.Scales(each.reference), "%v", each)
	}
	require.False(t, Cost{Buffers: []int64{1, 2}}.Known())
}

// TestNumbered: the number takes the place of the digits that a valid text has.
func TestNumbered(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"user7@example.com": `'user' || lpad((i)::text, greatest(1, length((i)::text)), '0') || '@example.com'`,
		"ABC-0001":          `'ABC-' || lpad((i)::text, greatest(4, length((i)::text)), '0') || ''`,
		"plain":             `'plain ' || lpad((i)::text, greatest(1, length((i)::text)), '0') || ''`,
		"it's 3":            `'it''s ' || lpad((i)::text, greatest(1, length((i)::text)), '0') || ''`,
	} {
		require.Equal(t, want, numbered(live.Column{Base: "text"}, database.Value{Text: text}, "i"))
	}
	require.Equal(t, "lpad((i)::text, 3, 'x')", numbered(live.Column{Base: "bpchar", Modifier: 7}, database.Value{Text: "abc"}, "i"))
}
