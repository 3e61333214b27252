// Package tempo shows how much faster one query is than another, for a reader and for nothing
// else: no point hangs on a clock. It stands beside the packages that count, and runs no SQL
// itself.
//
// A machine that does something else for a while makes two series that were taken one after
// the other differ by far more than what is asked. So the two are run in turn, in the order
// ABBA, each pair gives one ratio, and the median of the ratios is shown with an interval from
// their order statistics, which assumes nothing about how times are distributed.
package tempo

import (
	"context"
	"time"

	"golang.org/x/perf/benchmath"
)

// Run runs a query once and says how long the server took. ok is false where the query came to
// nothing: then there is nothing to compare.
type Run func(ctx context.Context) (took time.Duration, ok bool, err error)

const (
	most       = 20   // pairs
	least      = 6    // pairs, without which there is no interval of this confidence
	confidence = 0.95 // that the interval holds the median of all ratios there could be
)

// noise is a ratio that two runs of the same query reach when a machine is busy: in
// repetitions of 20 pairs on a loaded machine the median of the ratios of a query with itself
// went up to 1.31.
const noise = 1.5

// Comparison is what the pairs showed.
type Comparison struct {
	Pairs         int
	Before, After time.Duration // medians
	// Ratio is how many times the first takes as long as the second: the median of the pairs,
	// between the ends of its interval.
	Ratio, Low, High float64
	Confidence       float64 // of the interval, 0 to 1
}

// Compare runs both in turn until there are pairs enough or the time for it is used up, and at
// least until an interval can be told. It reports false where one of them came to nothing, or
// takes so long that there is no time for that.
func Compare(ctx context.Context, before, after Run, patience time.Duration) (Comparison, bool, error) {
	var first, second, ratios []float64
	begun := time.Now()
	for pair := range most + 1 {
		if len(ratios) >= least && time.Since(begun) > patience {
			break
		}
		a, b, ok, err := inTurn(ctx, before, after, pair%2 == 1)
		if err != nil || !ok {
			return Comparison{}, false, err
		}
		if pair == 0 { // it warmed what the others find warm
			if time.Since(begun) > patience/least {
				return Comparison{}, false, nil
			}
			continue
		}
		first, second, ratios = append(first, a), append(second, b), append(ratios, a/b)
	}
	summary := summarise(ratios)
	return Comparison{
		Pairs:  len(ratios),
		Before: time.Duration(summarise(first).Center), After: time.Duration(summarise(second).Center),
		Ratio: summary.Center, Low: summary.Lo, High: summary.Hi, Confidence: summary.Confidence,
	}, true, nil
}

// inTurn runs one pair, in nanoseconds; the second comes first in every other pair.
func inTurn(ctx context.Context, before, after Run, swapped bool) (a, b float64, ok bool, err error) {
	runs, took := [2]Run{before, after}, [2]float64{}
	order := [2]int{0, 1}
	if swapped {
		order = [2]int{1, 0}
	}
	for _, which := range order {
		elapsed, ok, err := runs[which](ctx)
		if err != nil || !ok {
			return 0, 0, false, err
		}
		took[which] = float64(max(elapsed, time.Microsecond)) // a clock of the server shows no less
	}
	return took[0], took[1], true, nil
}

func summarise(values []float64) benchmath.Summary {
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(values, &benchmath.DefaultThresholds), confidence)
}

// Verdict is what can be said of two queries.
type Verdict string

// Only what noise does not reach is called a difference.
const (
	Faster  Verdict = "faster"
	Slower  Verdict = "slower"
	Neither Verdict = "neither"
)

// Verdict tells whether the second query is faster than the first.
func (c Comparison) Verdict() Verdict {
	switch {
	case c.Low > noise:
		return Faster
	case c.High < 1/noise:
		return Slower
	}
	return Neither
}
