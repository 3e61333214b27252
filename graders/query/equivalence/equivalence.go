// Package equivalence finds out whether two queries give the same answer: the one that a
// challenge hands out and the one that a candidate made of it. It runs both on small random
// databases, on the data set itself, and on the data set after it was changed, and shows the
// smallest database that it found to tell them apart.
//
// It stands above package database and knows no challenge. Only the comparing is its own:
// databases are made by package tiny, answers are compared by package rows, and what a
// candidate's DDL left behind is told by package footprint.
package equivalence

import (
	"time"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/rows"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Queries are the two queries of a comparison. Both take the same parameters, $1, $2 ….
type Queries struct {
	Given     string // as the challenge hands it out: the truth
	Candidate string // a stranger's bytes; anything but one query is refused
	// Types are those of the parameters, in SQL: "date", "text[]". Neither query has to
	// mention every parameter.
	Types []string
	// Order is what the brief promises about the order of the rows, by names of Given's
	// columns; empty: nothing. Ties by these keys are free.
	Order []rows.Key
	// Unlimited is Given without its LIMIT and OFFSET; empty: it has none, or Order leaves no
	// ties. With it, rows that tie at the edge of the limit are free as well.
	Unlimited string
}

// Ground is where queries are compared.
type Ground struct {
	// Candidate is a session of the owner role in a database with the data set's tables in
	// which the candidate's DDL was run. Its Options.Patience bounds one query; MaxRows and
	// MaxBytes bound one answer. Nothing else may use the session, or the database's tables,
	// meanwhile: everything happens in transactions that are rolled back.
	Candidate *database.Connection
	// Given is a session in a database that holds the same without the candidate's DDL, for
	// the query as given; it may be RoleAdmin's with search_path public, since nothing of the
	// candidate's is there. Nil: the session of Candidate, which is right where the footprint
	// showed that no name of the given query can mean something else now.
	Given *database.Connection
	// Statement bounds one statement on the server; 0 means 5 seconds. It must be less than
	// the patience of the sessions, so that a query that takes too long is cancelled in place.
	Statement time.Duration
}

// Outcome is how a comparison ended.
type Outcome string

// Equal is as far as was looked. Refused is a candidate's query that could not be compared:
// an error that the given one does not end in, more rows than are read, no end in time.
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
	Moved     int    // how often a change of the rows changed the answer of the query as given
	Parameter string // values of the parameters where it ended, "$1 = 2024-05-01, $2 = paid"
	// Counterexample is set when it is different or refused on a small database.
	Counterexample *Counterexample
	// Answers are the two results, as far as they are shown; nil when equal.
	Given, Got *takehome.Table
}

// Counterexample is the smallest database found on which the queries differ.
type Counterexample struct {
	Number int              // of the random database, from 1
	Tables []takehome.Table // every table that has rows, parents first
	Empty  []string         // the tables that have none
	Script string           // the INSERT statements that make it
}
