// Package takehome holds the words of the product: the types that every other
// package speaks in. It imports the standard library only, so that anything may
// import it and it can never be part of a cycle.
//
// The data walks one straight line:
//
//	Submission ──▶ Recipe, StartPlan ──▶ Build ──▶ Lab ──▶ []Result ──▶ Scorecard ──▶ Report
//
// Two rules hold everywhere. A finding (Finding) is something the candidate's
// program did; an error is something that went wrong on our side; they never mix.
// And every byte that came from a submission passes Quote before it is kept.
package takehome
