package script_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// failsAt answers 500 to the requests with the given numbers, and is correct otherwise.
func failsAt(requests *atomic.Int32, numbers ...int32) http.Handler {
	correct := &things{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(numbers, requests.Add(1)) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		correct.ServeHTTP(w, r)
	})
}

const plainCheck = `
  - id: B02
    title: creating answers 201
    weight: 1
    basis: brief
    operation: create
    flaky: FLAKY
    steps:
      - http: {op: create, set: {text: "${canary}"}}
    outcomes:
      - {credit: 1, if: {status: 201}}
`

func TestWhatFailsOnceIsFlaky(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		flaky   string
		failing []int32
		verdict takehome.Verdict
		isFlaky bool
		sent    int32
		summary string
	}{
		"passes":                         {"better", nil, takehome.Pass, false, 1, "create answered 201 Created"},
		"fails twice":                    {"better", []int32{1, 2}, takehome.Fail, false, 2, "create answered 500 Internal Server Error"},
		"fails once, the better counts":  {"better", []int32{1}, takehome.Pass, true, 2, "not the same twice: at first create answered 500 Internal Server Error; then create answered 201 Created; the better counts"},
		"fails once, the worse counts":   {"worse", []int32{1}, takehome.Fail, true, 2, "not the same twice: at first create answered 500 Internal Server Error; then create answered 201 Created; the worse counts"},
		"would fail later, is not tried": {"worse", []int32{2}, takehome.Pass, false, 1, "create answered 201 Created"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			b := newBench(t, failsAt(&requests, test.failing...), plainShape{})
			finding, evidence := b.run(t, strings.Replace(plainCheck, "FLAKY", test.flaky, 1), nil)
			require.Equal(t, test.verdict, finding.Verdict)
			require.Equal(t, test.isFlaky, finding.Flaky)
			require.Equal(t, test.sent, requests.Load())
			require.Equal(t, test.summary, finding.Summary)
			if test.isFlaky {
				require.Len(t, evidence, 2, "both transcripts")
				require.Equal(t, []int{0, 2}, []int{evidence[0].Exchange.Try, evidence[1].Exchange.Try})
				require.NotEqual(t, evidence[0].Exchange.RequestBody.Shown, evidence[1].Exchange.RequestBody.Shown, "data of its own")
			} else {
				require.Len(t, evidence, 1)
			}
			require.Len(t, b.Ledger.Checked(), 1, "what is computed over the run sees one try")
		})
	}
}

func TestASecondTryHasAConnectionOfItsOwn(t *testing.T) {
	t.Parallel()
	var clients []string
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		clients = append(clients, r.RemoteAddr)
		w.WriteHeader(http.StatusInternalServerError)
	})
	b := newBench(t, handler, plainShape{})
	b.run(t, strings.Replace(plainCheck, "FLAKY", "better", 1), nil)
	require.Len(t, clients, 2)
	require.NotEqual(t, clients[0], clients[1])
}

func TestCasesThatDisagreeInPartAreFlaky(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	b := newBench(t, failsAt(&requests, 2), plainShape{})
	finding, _ := b.run(t, strings.Replace(plainCheck, "flaky: FLAKY", "cases: [1, 2]", 1), nil)
	require.True(t, finding.Flaky)
	require.Equal(t, takehome.Pass, finding.Verdict)
	require.Equal(t, int32(4), requests.Load())
}

func TestWhatCannotBeDoneTwiceIsNotConfirmed(t *testing.T) {
	t.Parallel()
	looked := 0
	probes := map[string]script.Probe{}
	for name, once := range map[string]bool{"restart": true, "look": false} {
		probes[name] = script.Probe{Labels: []string{"well", "broken"}, Once: once, Observe: func(context.Context, *script.Probing) (script.Observation, error) {
			looked++
			return script.Observation{Label: "broken"}, nil
		}}
	}
	check := `
  - id: I02
    title: all is well
    weight: 1
    basis: brief
    MORE
    steps: [{probe: PROBE}]
    outcomes: [{credit: 1, if: {seen: well}}, {credit: 0, if: {seen: broken}, note: it is not}]
`
	for _, test := range []struct {
		probe, more string
		looks       int
	}{
		{"look", "operation: run", 2},
		{"restart", "operation: run", 1},
		{"look", "once: true", 1},
	} {
		looked = 0
		b := newBench(t, &things{}, plainShape{})
		finding, _ := b.run(t, strings.NewReplacer("PROBE", test.probe, "MORE", test.more).Replace(check), probes)
		require.Equal(t, takehome.Fail, finding.Verdict)
		require.Equal(t, test.looks, looked, test)
	}
}

func TestStepsThatEndTheProgramAreNotRepeated(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	b := newBench(t, failsAt(&requests, 1, 2, 3), plainShape{})
	finding, _ := b.run(t, `
  - id: I03
    title: it answers after a restart
    weight: 1
    basis: ops
    operation: restart
    steps:
      - app: restart
      - http: {op: list}
    outcomes:
      - {credit: 1, if: {status: 200}}
`, nil)
	require.Equal(t, takehome.Fail, finding.Verdict)
	require.Equal(t, int32(1), requests.Load())
}

func TestASecondTryThatCannotBeObservedChangesNothing(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	b := newBench(t, failsAt(&requests, 2, 3, 4), plainShape{})
	finding, _ := b.run(t, `
  - id: B05
    title: reading answers 200
    weight: 1
    basis: brief
    operation: get
    given: {item: {text: "${canary}"}}
    steps:
      - http: {op: get}
    outcomes:
      - {credit: 1, if: {status: 200}}
`, nil)
	require.Equal(t, takehome.Fail, finding.Verdict)
	require.False(t, finding.Flaky, "the item for the second try could not be made")
}
