// Package equivalence finds out whether two queries give the same answer: the one that a
// challenge hands out and the one that a candidate made of it. It runs both on small random
// databases, on the data set itself, and on the data set after it was changed, and shows the
// smallest database that it found to tell them apart.
//
// It stands above package database and knows no challenge. Only the comparing is its own:
// databases are made by package tiny, answers are compared by package rows, and what a
// candidate's DDL left behind is told by package footprint.
//
// All of it works in sessions of the owner role, in transactions that are taken back. The
// tables, and the sessions, may not be used by anybody else meanwhile.
package equivalence

import (
	"time"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/rows"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Question is what both queries are to answer.
type Question struct {
	// Given is the query as the challenge hands it out: the truth. Its parameters are $1, $2 ….
	Given string
	// Types are those of the parameters, in SQL: "date", "text[]". A query need not mention
	// every parameter.
	Types []string
	// Order is what the brief promises about the order of the rows, by names of Given's
	// columns; empty: nothing. Ties by these keys are free.
	Order []rows.Key
	// Unlimited is Given without its LIMIT and OFFSET; empty: it has none, or Order leaves no
	// ties. With it, rows that tie at the edge of the limit are free as well.
	Unlimited string
	// Statement bounds one query on the server; 0 means 3 seconds. It has to be less than the
	// patience of the sessions, so that a query that takes too long is cancelled in place.
	Statement time.Duration
}

// Case is a small database together with the right answer, which was found before there was
// any DDL of a candidate's that could have bent it.
type Case struct {
	tiny.Database
	right database.Answer
}

// Outcome is how a comparison ended.
type Outcome string

// Equal is as far as was looked. Refused is a candidate's query that could not be compared:
// an error that the given one does not end in, more rows than are read, no end in time; or
// DDL that refuses rows which the schema allows.
const (
	Equal     Outcome = "equal"
	Different Outcome = "different"
	Refused   Outcome = "refused"
)

// Verdict is what a comparison found about the candidate's query. Everything in it is the
// same in every run, and cleaned.
type Verdict struct {
	Outcome   Outcome
	Reason    string // what differs, or why it was refused; "" when equal
	SQLState  string // of a refusal
	Compared  int    // databases, or sets of parameters, with which both answers were compared
	Moved     int    // how often a change of the rows changed the right answer
	Parameter string // values of the parameters where it ended, "$1 = 2024-05-01, $2 = paid"
	// Counterexample is the database where it ended, if it is a small one.
	Counterexample *Counterexample
	// Right and Got are the two answers, as far as they are shown; nil when equal.
	Right, Got *takehome.Table
}

// Counterexample is the smallest database found on which the queries differ.
type Counterexample struct {
	Number int              // of the random database, from 1
	Tables []takehome.Table // every table that has rows, parents first
	Empty  []string         // the tables that have none
	Script string           // the INSERT statements that make it
}
