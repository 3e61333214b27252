// Package script is the step engine: it reads checks that are written as data and
// runs them against a submission in its lab. It stands in the middle of the straight
// line, between the lab and the results, and is shared by the kinds of graders.
//
// A check speaks in intents (create, get, list, replace, patch, delete), never in
// paths or field names; a Shape, found out before scoring, turns intents into the
// requests of one candidate's API. A check does not assert: it performs steps, then
// climbs down its ladder of outcomes, and the first outcome whose conditions hold
// gives credit and note. A correct design that differs is a rung, not an argument.
//
// What needs more than data is a Probe: a Go function, addressed by name, that
// observes and answers with one of its declared labels. Credits stay in the data.
package script
