package tempo_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/query/tempo"
)

// machine makes up queries on a machine that becomes slower all the time and is busy at random.
type machine struct {
	load float64
	dice *rand.Rand
}

func newMachine(seed uint64) *machine {
	return &machine{load: 1, dice: rand.New(rand.NewPCG(seed, 1))}
}

func (m *machine) query(usual time.Duration) tempo.Run {
	return func(context.Context) (time.Duration, bool, error) {
		m.load *= 1.02
		busy := 1.0
		if m.dice.IntN(10) == 0 {
			busy = 4
		}
		return time.Duration(float64(usual) * m.load * busy * (0.9 + 0.2*m.dice.Float64())), true, nil
	}
}

func TestTheRatioIsTheQueries(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after time.Duration
		want          tempo.Verdict
	}{
		"much faster":       {400 * time.Millisecond, 4 * time.Millisecond, tempo.Faster},
		"the same":          {20 * time.Millisecond, 20 * time.Millisecond, tempo.Neither},
		"a little faster":   {24 * time.Millisecond, 20 * time.Millisecond, tempo.Neither},
		"slower":            {2 * time.Millisecond, 20 * time.Millisecond, tempo.Slower},
		"below every clock": {time.Millisecond, 0, tempo.Faster},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			right := 0
			for seed := range uint64(50) {
				machine := newMachine(seed)
				found, ok, err := tempo.Compare(t.Context(), machine.query(test.before), machine.query(test.after), time.Minute)
				require.NoError(t, err)
				require.True(t, ok)
				require.Equal(t, 20, found.Pairs)
				require.Equal(t, test.want, found.Verdict(), "%+v", found)
				require.LessOrEqual(t, found.Low, found.Ratio)
				require.GreaterOrEqual(t, found.High, found.Ratio)
				require.GreaterOrEqual(t, found.Confidence, 0.95)
				if truth := float64(test.before) / float64(max(test.after, time.Microsecond)); found.Low <= truth && truth <= found.High {
					right++
				}
			}
			if test.after > 0 {
				require.GreaterOrEqual(t, right, 45, "of 50 intervals about two may miss the true ratio")
			}
		})
	}
}

func TestTheQueriesRunInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		order := ""
		query := func(name string) tempo.Run {
			return func(context.Context) (time.Duration, bool, error) {
				order += name
				time.Sleep(time.Second) //nolint:forbidigo // the clock of the bubble, which nobody waits for
				return time.Second, true, nil
			}
		}
		found, ok, err := tempo.Compare(t.Context(), query("A"), query("B"), 12*time.Second)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, 6, found.Pairs, "as many as an interval needs, for more there is no time")
		require.Equal(t, "AB"+"BAABBAABBAAB", order, "a pair to warm up, then ABBA")
		order = ""
		_, ok, err = tempo.Compare(t.Context(), query("A"), query("B"), 11*time.Second)
		require.NoError(t, err)
		require.False(t, ok, "there is no time for an interval")
		require.Equal(t, "AB", order)
	})
}

func TestWhatCameToNothingIsNotCompared(t *testing.T) {
	t.Parallel()
	machine := newMachine(1)
	refused := func(context.Context) (time.Duration, bool, error) { return 0, false, nil }
	_, ok, err := tempo.Compare(t.Context(), machine.query(time.Second), refused, time.Minute)
	require.NoError(t, err)
	require.False(t, ok)
	broken := func(context.Context) (time.Duration, bool, error) { return 0, true, errors.New("connection lost") }
	_, ok, err = tempo.Compare(t.Context(), broken, machine.query(time.Second), time.Minute)
	require.ErrorContains(t, err, "connection lost")
	require.False(t, ok)
}
