package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/engine"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestTheGoodWayThrough(t *testing.T) {
	t.Parallel()
	l := newLine()
	report, err := l.engine().Grade(t.Context(), l.request())
	require.NoError(t, err)
	require.ElementsMatch(t, []string{build, open}, l.calls[2:4], "the pod opens beside the build")
	require.Equal(t, []string{intake, plan}, l.calls[:2])
	require.Equal(t, []string{"equip", grade, "logs", closeLab, removeImage, closeCopy}, l.calls[4:])
	require.Empty(t, l.dead)

	require.Equal(t, takehome.ReportSchema, report.Schema)
	require.Equal(t, takehome.Graded, report.Canonical.Status)
	require.Equal(t, "25.0", report.Canonical.Scorecard.Percent)
	require.Len(t, report.Canonical.Rubric, 2)
	require.Equal(t, "CRUD", report.Canonical.Rubric[1].GroupTitle)
	require.Len(t, report.Canonical.Results, 2)
	require.Equal(t, "Dockerfile", report.Canonical.Recipe.Source)
	require.Equal(t, ".", report.Canonical.Plan.Folder)
	require.Equal(t, l.judgement.Binding, report.Canonical.Binding)
	require.Nil(t, report.Canonical.Breakdown)
	require.Equal(t, l.judgement.Evidence, report.Evidence)
	require.Equal(t, []string{"intake", "plan", "build", "pod", "Postgres", "boot", "checks", "teardown"}, phases(report))
	require.Equal(t, []string{"of the lab", "of the grader"}, report.Run.Notes)
	require.Equal(t, "sha256:image", report.Run.Image.ID)
	require.Equal(t, "built", report.Run.BuildLog.Shown)
	require.Equal(t, "listening", report.Run.ProgramLog.Shown)
	require.Equal(t, "answer", report.Run.Name)
	require.Equal(t, "folder", report.Run.Origin.Kind)
	require.Equal(t, []takehome.Setting{{Name: "go", Value: "1.26"}}, report.Run.Environment)
	require.Nil(t, report.Run.Fault)
	require.True(t, report.Run.Boot.Listening)

	require.Equal(t, "/copy", l.session.Submission.Dir)
	require.Equal(t, report.Canonical.Seed, l.session.Seed)
	require.NotNil(t, l.session.Lab)
	require.Nil(t, l.session.Breakdown)
}

func phases(report takehome.Report) []string {
	var names []string
	for _, phase := range report.Run.Phases {
		names = append(names, phase.Name)
	}
	return names
}

func TestObserversSeePhasesBeginAndEnd(t *testing.T) {
	t.Parallel()
	l := newLine()
	var mutex sync.Mutex
	var seen []string
	request := l.request()
	request.Observe = func(event takehome.Event) {
		mutex.Lock()
		defer mutex.Unlock()
		seen = append(seen, string(event.Kind)+" "+event.Phase+" "+event.Line)
	}
	_, err := l.engine().Grade(t.Context(), request)
	require.NoError(t, err)
	for _, phase := range []string{"intake", "plan", "build", "pod", "teardown"} {
		begin, end := slices.Index(seen, "phase started "+phase+" "), slices.Index(seen, "phase done "+phase+" ")
		require.True(t, 0 <= begin && begin < end, "%s in %v", phase, seen)
	}
	require.Contains(t, seen, "progress build #1 building")
}

// ending is one way in which a station ends a run.
type ending struct {
	// do is what happens; stop interrupts the run, as ^C does.
	do     func(ctx context.Context, stop context.CancelFunc) error
	status takehome.Status
	owner  takehome.Owner
	shows  string // in the summary of the fault
}

func endings() map[string]ending {
	fails := func(err error) func(context.Context, context.CancelFunc) error {
		return func(context.Context, context.CancelFunc) error { return err }
	}
	return map[string]ending{
		"a fault of the operator": {
			fails(&takehome.Fault{Owner: takehome.Operator, Summary: "the disk is full", Err: io.ErrShortWrite}),
			takehome.Inconclusive, takehome.Operator, "the disk is full",
		},
		"a fault of the author": {
			fails(&takehome.Fault{Owner: takehome.Author, Summary: "B01: no such column"}),
			takehome.Inconclusive, takehome.Author, "B01: no such column",
		},
		"a refusal": {
			fails(&takehome.Refusal{Rule: "path", Entry: `"../x"`, Why: "it leaves the submission"}),
			takehome.Refused, takehome.Candidate, "it leaves the submission",
		},
		"a plain error": {
			fails(io.ErrUnexpectedEOF),
			takehome.Inconclusive, takehome.Takehome, "did not expect",
		},
		"an interrupt": {
			func(ctx context.Context, stop context.CancelFunc) error {
				stop()
				<-ctx.Done()
				return fmt.Errorf("wait: %w", ctx.Err())
			},
			takehome.Interrupted, takehome.Operator, "interrupted",
		},
		"an interrupt that shows as a fault": {
			func(ctx context.Context, stop context.CancelFunc) error {
				stop()
				<-ctx.Done()
				return &takehome.Fault{Owner: takehome.Operator, Summary: "the engine stopped answering", Err: errors.New("broken pipe")}
			},
			takehome.Interrupted, takehome.Operator, "the engine stopped answering",
		},
		"the deadline of the run": {
			func(ctx context.Context, _ context.CancelFunc) error {
				<-ctx.Done()
				return fmt.Errorf("wait: %w", ctx.Err())
			},
			takehome.Inconclusive, takehome.Takehome, "longer than its deadline",
		},
		"a panic": {
			func(context.Context, context.CancelFunc) error { panic("nil map") },
			takehome.Inconclusive, takehome.Takehome, "broke down",
		},
	}
}

// TestNoStationLeaksOrScores lets every station end in every way. Whatever came into being
// before is removed exactly once, by a context that still lives; only our report changes.
func TestNoStationLeaksOrScores(t *testing.T) {
	t.Parallel()
	for station, leaves := range map[string][]string{
		intake: nil,
		plan:   {closeCopy},
		// The other one of the two goes well, however late.
		build: {closeLab, closeCopy},
		open:  {removeImage, closeCopy},
		grade: {closeLab, removeImage, closeCopy},
	} {
		for name, end := range endings() {
			t.Run(station+"/"+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ctx, stop := context.WithCancel(t.Context())
					defer stop()
					l := newLine()
					l.at[station] = func(ctx context.Context) error { return end.do(ctx, stop) }
					if other := map[string]string{build: open, open: build}[station]; other != "" {
						l.at[other] = func(ctx context.Context) error {
							<-ctx.Done() // it was not quick enough to notice
							return nil
						}
					}
					report, err := l.engine().Grade(ctx, l.request())
					require.Error(t, err)
					require.Equal(t, end.status, report.Canonical.Status)
					require.Nil(t, report.Canonical.Scorecard)
					require.Equal(t, end.owner, report.Run.Fault.Owner)
					require.Contains(t, report.Run.Fault.Summary, end.shows)
					require.Equal(t, end.owner, takehome.OwnerOf(err))
					require.NotNil(t, report.Evidence)
					require.Equal(t, "teardown", phases(report)[len(phases(report))-1])
					for _, undone := range []string{closeLab, removeImage, closeCopy} {
						want := 0
						if slices.Contains(leaves, undone) {
							want = 1
						}
						require.Equal(t, want, l.times(undone), "%s in %v", undone, l.calls)
					}
					require.Empty(t, l.dead, "clean-ups need a context that lives")
					if name == "a panic" {
						require.Contains(t, report.Run.Fault.Cause, "panic: nil map")
						require.Contains(t, report.Run.Fault.Cause, "engine_test.go", "the stack tells where")
					}
				})
			})
		}
	}
}

// A run that is cut short while it is graded still shows what it saw.
func TestAPartialJudgementIsKept(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"an interrupt", "the deadline of the run", "a fault of the operator"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				l := newLine()
				l.at[grade] = func(ctx context.Context) error { return endings()[name].do(ctx, stop) }
				report, err := l.engine().Grade(ctx, l.request())
				require.Error(t, err)
				require.Len(t, report.Canonical.Results, 2)
				require.Equal(t, l.judgement.Evidence, report.Evidence)
				require.Equal(t, l.judgement.Binding, report.Canonical.Binding)
				require.Contains(t, phases(report), "checks")
				require.Equal(t, "listening", report.Run.ProgramLog.Shown, "the log is read after the end as well")
				require.Equal(t, []string{"of the lab", "of the grader"}, report.Run.Notes)
				require.Equal(t, "sha256:image", report.Run.Image.ID)
			})
		})
	}
}

// What goes wrong after the grading is told, costs nothing, and stops no other clean-up.
func TestACleanUpThatFailsCostsNothing(t *testing.T) {
	t.Parallel()
	for station, word := range map[string]string{closeLab: "the pod", removeImage: "the image", closeCopy: "the clean copy"} {
		for name, misbehave := range map[string]func(context.Context) error{
			"an error": func(context.Context) error { return errors.New("still\nbusy") },
			"a panic":  func(context.Context) error { panic("still\nbusy") },
			"a hang": func(ctx context.Context) error {
				if station != closeCopy { // which has no context
					<-ctx.Done()
				}
				return errors.New("still\nbusy")
			},
		} {
			t.Run(station+"/"+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					l := newLine()
					l.at[station] = misbehave
					report, err := l.engine().Grade(t.Context(), l.request())
					require.NoError(t, err)
					require.Equal(t, takehome.Graded, report.Canonical.Status)
					require.Equal(t, "25.0", report.Canonical.Scorecard.Percent)
					require.Equal(t, []string{closeLab, removeImage, closeCopy}, l.calls[len(l.calls)-3:])
					require.Empty(t, l.dead, "one that hangs takes no time from the next")
					require.Len(t, report.Run.Notes, 3)
					require.Contains(t, report.Run.Notes[1], "cleaning up "+word+": ")
					require.Contains(t, report.Run.Notes[1], `still\nbusy`)
				})
			})
		}
	}
}

// A leftover is told also when the run itself failed, which is when it is likeliest.
func TestALeftoverOfAFailedRunIsTold(t *testing.T) {
	t.Parallel()
	l := newLine()
	l.at[grade] = func(context.Context) error { return io.ErrUnexpectedEOF }
	l.at[closeLab] = func(context.Context) error { return errors.New("still busy") }
	report, err := l.engine().Grade(t.Context(), l.request())
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Contains(t, report.Run.Notes, "cleaning up the pod: still busy")
}

func TestAnObserverThatPanicsLeaksNothing(t *testing.T) {
	t.Parallel()
	for _, phase := range []string{"intake", "plan", "build", "pod", "teardown"} {
		t.Run(phase, func(t *testing.T) {
			t.Parallel()
			l := newLine()
			request := l.request()
			request.Observe = func(event takehome.Event) {
				if event.Phase == phase {
					panic("no terminal")
				}
			}
			report, err := l.engine().Grade(t.Context(), request)
			require.Equal(t, 1, l.times(closeCopy))
			require.Equal(t, l.times(open), l.times(closeLab))
			require.Equal(t, l.times(build), l.times(removeImage))
			if phase == "teardown" {
				require.NoError(t, err)
				require.Equal(t, takehome.Graded, report.Canonical.Status)
				return
			}
			require.Equal(t, takehome.Inconclusive, report.Canonical.Status)
			require.Equal(t, takehome.Takehome, report.Run.Fault.Owner)
		})
	}
}

func TestWithoutAProgramNothingIsBuilt(t *testing.T) {
	t.Parallel()
	l := newLine()
	l.needs = takehome.Equipment{Dataset: &takehome.Dataset{Name: "shop"}}
	report, err := l.engine().Grade(t.Context(), l.request())
	require.NoError(t, err)
	require.Equal(t, []string{intake, open, grade, closeLab, closeCopy}, l.calls)
	require.Same(t, l.needs.Dataset, l.dataset)
	require.NotNil(t, l.session.Lab)
	require.Equal(t, takehome.Graded, report.Canonical.Status)
	require.Nil(t, report.Canonical.Plan)
	require.Nil(t, report.Canonical.Recipe)
	require.Nil(t, report.Run.Image)
	require.Equal(t, []string{"intake", "pod", "Postgres", "boot", "checks", "teardown"}, phases(report))
}

func TestWithoutAProgramNoStationLeaks(t *testing.T) {
	t.Parallel()
	for station, leaves := range map[string][]string{open: {closeCopy}, grade: {closeLab, closeCopy}} {
		l := newLine()
		l.needs = takehome.Equipment{}
		l.at[station] = func(context.Context) error { return io.ErrUnexpectedEOF }
		report, err := l.engine().Grade(t.Context(), l.request())
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.Equal(t, takehome.Inconclusive, report.Canonical.Status)
		require.Equal(t, leaves, l.calls[len(l.calls)-len(leaves):])
	}
}

func TestABuildThatBreaksIsGradedWithoutALab(t *testing.T) {
	t.Parallel()
	l := newLine()
	broken := &takehome.Breakdown{Phase: "build", Reason: "npm ci failed", Where: "RUN npm ci", Tried: []string{"npm ci"}}
	l.built = engine.Built{Breakdown: broken, Log: takehome.Quote([]byte("npm ERR!"), takehome.QuoteBody)}
	l.judgement = takehome.Judgement{Results: l.judgement.Results}
	report, err := l.engine().Grade(t.Context(), l.request())
	require.NoError(t, err)
	require.Equal(t, takehome.Graded, report.Canonical.Status)
	require.NotNil(t, report.Canonical.Scorecard)
	require.Same(t, broken, l.session.Breakdown)
	require.Nil(t, l.session.Lab, "there is nothing to start")
	require.Equal(t, &takehome.BreakdownKind{Phase: "build", Reason: "npm ci failed", Where: "RUN npm ci"}, report.Canonical.Breakdown)
	require.Equal(t, broken, report.Run.Breakdown)
	require.Equal(t, "npm ERR!", report.Run.BuildLog.Shown)
	require.Nil(t, report.Run.Image)
	require.Zero(t, l.times("equip"))
	require.Zero(t, l.times("logs"))
	require.Equal(t, 1, l.times(closeLab), "the pod that opened beside the build goes as well")
	require.Zero(t, l.times(removeImage))
	require.Equal(t, 1, l.times(closeCopy))
}

func TestAPlanThatBreaksIsNeverBuilt(t *testing.T) {
	t.Parallel()
	l := newLine()
	l.proposal.Breakdown = &takehome.Breakdown{Phase: "build", Reason: "there is no program in it"}
	report, err := l.engine().Grade(t.Context(), l.request())
	require.NoError(t, err)
	require.Equal(t, []string{intake, plan, grade, closeCopy}, l.calls)
	require.Equal(t, takehome.Graded, report.Canonical.Status)
	require.Same(t, l.proposal.Breakdown, l.session.Breakdown)
	require.Nil(t, l.session.Lab)
	require.Equal(t, "there is no program in it", report.Canonical.Breakdown.Reason)
	require.NotNil(t, report.Canonical.Plan)
}

func TestABootThatBreaksIsReported(t *testing.T) {
	t.Parallel()
	l := newLine()
	l.judgement.Boot = &takehome.Boot{Breakdown: &takehome.Breakdown{Phase: "start", Reason: "it exits with 1"}}
	report, err := l.engine().Grade(t.Context(), l.request())
	require.NoError(t, err)
	require.Equal(t, "it exits with 1", report.Canonical.Breakdown.Reason)
	require.Equal(t, 1, l.times(removeImage))
}

func TestTheSeedComesFromWhatIsGraded(t *testing.T) {
	t.Parallel()
	seed := func(submission, challenge, given string) string {
		l := newLine()
		l.digest = submission
		request := l.request()
		request.Challenge.Digest, request.Seed = challenge, given
		report, err := l.engine().Grade(t.Context(), request)
		require.NoError(t, err)
		require.Equal(t, l.session.Seed, report.Canonical.Seed)
		return report.Canonical.Seed
	}
	first := seed("sha256:a", "sha256:c", "")
	require.NotEmpty(t, first)
	require.Equal(t, first, seed("sha256:a", "sha256:c", ""), "the same bytes are graded alike")
	require.NotEqual(t, first, seed("sha256:b", "sha256:c", ""))
	require.NotEqual(t, first, seed("sha256:a", "sha256:d", ""))
	require.NotEqual(t, seed("ab", "c", ""), seed("a", "bc", ""), "the two digests do not run together")
	require.Equal(t, "mine", seed("sha256:a", "sha256:c", "mine"))
}

func TestTheCanonicalPartIsTheSameToTheByte(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		take := func(grading time.Duration) (takehome.Report, string) {
			l := newLine()
			l.grading = grading
			l.judgement.Phases = []takehome.Phase{{Name: "checks", Micros: grading.Microseconds()}}
			if grading > 2*time.Second { // the order in which a grader observes must not show
				slices.Reverse(l.judgement.Results)
			}
			report, err := l.engine().Grade(t.Context(), l.request())
			require.NoError(t, err)
			text, err := json.Marshal(report.Canonical)
			require.NoError(t, err)
			return report, string(text)
		}
		quick, one := take(2 * time.Second)
		slow, two := take(3 * time.Second)
		require.Equal(t, one, two)
		require.NotEqual(t, quick.Run.Started, slow.Run.Started)
		require.NotEqual(t, quick.Run.Millis, slow.Run.Millis)
	})
}

func TestNoTimeoutMeansNoBound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLine()
		l.grading = 24 * time.Hour
		unbound := l.engine()
		unbound.RunTimeout = 0
		report, err := unbound.Grade(t.Context(), l.request())
		require.NoError(t, err)
		require.Equal(t, takehome.Graded, report.Canonical.Status)
	})
}
