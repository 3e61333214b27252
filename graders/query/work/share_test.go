package work_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/query/work"
)

func TestLog2IsExactToItsUnit(t *testing.T) {
	t.Parallel()
	require.Zero(t, work.Log2(0))
	require.Zero(t, work.Log2(1))
	for k := range 62 {
		require.Equal(t, int64(k)*work.One, work.Log2(1<<k))
	}
	for _, n := range []int64{3, 7, 10, 1000, 1334, 65537, 428833, 390647 * 100, math.MaxInt64} {
		require.InDelta(t, math.Log2(float64(n))*work.One, float64(work.Log2(n)), 1.01, n)
	}
}

func TestAShareIsTheWayFromTheSlowQueryToTheReference(t *testing.T) {
	t.Parallel()
	const goal, slow = 125_000, 12_500_000 // a hundredth of the slow one
	for _, test := range []struct {
		work int64
		want string
	}{
		{50_000, "1"}, {100_000, "1"}, {125_000, "1"}, {1_250_000, "1/2"}, {12_500_000, "0"}, {99_000_000, "0"}, {395_285, "3/4"},
	} {
		require.Equal(t, test.want, work.Share(test.work, goal, slow).String(), test.work)
	}
	require.Equal(t, "1", work.Share(work.Floor, 300, 130_000).String(), "few blocks are few blocks")
	require.Equal(t, "0", work.Share(8*work.Floor, 300, 500).String())
	require.Equal(t, "33/100", work.Share(4*work.Floor, 300, 500).String())
}

func TestAnExponentIsTheSlopeOverTheScales(t *testing.T) {
	t.Parallel()
	require.Equal(t, int64(work.One), work.Exponent([]int64{1000, 2000, 4000, 8000}, 100))
	require.InDelta(t, 2*work.One, work.Exponent([]int64{1000, 4000, 16000, 64000}, 100), 1)
	require.Zero(t, work.Exponent([]int64{7000, 7000, 7000, 7000}, 100))
	require.Zero(t, work.Exponent([]int64{1, 2, 4, 99}, 100))
	require.Zero(t, work.Exponent([]int64{1000}, 100))
	require.Equal(t, int64(work.One), work.Exponent([]int64{1000, 2000}, 100))
	require.Equal(t, "1.00", work.Decimal(work.One))

	const one, two = work.One, 2 * work.One
	require.Equal(t, "1", work.GrowthShare(one+work.One/4, one, two).String())
	require.Equal(t, "0", work.GrowthShare(two, one, two).String())
	require.Equal(t, "1/2", work.GrowthShare(one+work.One*5/8, one, two).String())
	require.Equal(t, "1", work.GrowthShare(one, one, one).String())
}

func TestACostWithinItsBudgetIsFree(t *testing.T) {
	t.Parallel()
	for cost, want := range map[int64]string{0: "1", 40: "1", 60: "1/2", 80: "0", 200: "0"} {
		require.Equal(t, want, work.Within(cost, 40).String(), cost)
	}
}
