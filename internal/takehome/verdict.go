package takehome

// Verdict is the outcome of one check.
type Verdict string

// Pass, Partial, Fail and Blocked are counted in the score. The others leave the
// denominator: they are not the candidate's doing, already charged, or a human's to decide.
const (
	Pass          Verdict = "pass"
	Partial       Verdict = "partial"        // an accepted alternative that earns a part of the weight
	Fail          Verdict = "fail"           // observed, and wrong
	Blocked       Verdict = "blocked"        // could not be observed because what it needs failed; earns 0, shown under its cause
	Duplicate     Verdict = "duplicate"      // the same fault of the same operation was charged twice already
	NotApplicable Verdict = "not_applicable" // the feature was neither asked for nor offered
	NotAssessed   Verdict = "not_assessed"   // we could not tell
	NeedsReview   Verdict = "needs_review"   // a human's item
)

// Verdicts lists all verdicts in the order in which reports show them.
func Verdicts() []Verdict {
	return []Verdict{Fail, Blocked, Partial, Pass, Duplicate, NotApplicable, NotAssessed, NeedsReview}
}

// Counts reports whether a check with this verdict is part of the denominator.
func (v Verdict) Counts() bool {
	switch v {
	case Pass, Partial, Fail, Blocked:
		return true
	case Duplicate, NotApplicable, NotAssessed, NeedsReview:
		return false
	}
	return false
}

// VerdictOf is the verdict of an observed check with the given credit.
func VerdictOf(credit Fraction) Verdict {
	switch {
	case credit.Sign() <= 0:
		return Fail
	case credit.IsFull():
		return Pass
	}
	return Partial
}
