package takehome

// Event is one thing that happened during a run, for whoever watches it.
type Event struct {
	Kind    EventKind
	Phase   string  // for phases: "build"
	Check   Check   // for checks
	Finding Finding // for CheckDone
	Line    string  // for Progress: one safe line, such as a line of the build
}

// EventKind says what happened.
type EventKind string

// A phase begins and ends, a check begins and ends, a line of progress is printed.
const (
	PhaseStarted EventKind = "phase started"
	PhaseDone    EventKind = "phase done"
	CheckStarted EventKind = "check started"
	CheckDone    EventKind = "check done"
	Progress     EventKind = "progress"
)

// Observer watches a run. It must return quickly and may be called from several goroutines.
type Observer func(Event)
