package sqlscript

import (
	"regexp"
	"strings"
)

// Bare is a statement without comments and with single spaces, for looking at its words.
func (s Statement) Bare() string { return statement{s.Text}.bare() }

// Class tells what a statement is about, where that decides how it is applied.
type Class string

// The classes of statements.
const (
	Ordinary    Class = ""
	Server      Class = "server"      // the server and its roles, which are given
	Transaction Class = "transaction" // it begins or ends one, or sets a savepoint
	Extension   Class = "extension"   // CREATE EXTENSION
)

var (
	transactionControl = regexp.MustCompile(`(?i)^(?:begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b`)
	createsExtension   = regexp.MustCompile(`(?i)^create\s+extension\b`)
	// definesSchema is what makes a file part of a schema: anything that makes or changes an object.
	definesSchema = regexp.MustCompile(`(?i)^(?:create|alter|comment\s+on)\b`)
)

// Class classifies a statement by its first words.
func (s Statement) Class() Class {
	bare := s.Bare()
	switch {
	case concernsServer.MatchString(bare):
		return Server
	case transactionControl.MatchString(bare):
		return Transaction
	case createsExtension.MatchString(bare):
		return Extension
	}
	return Ordinary
}

// FirstWords name a statement: "CREATE DATABASE", "OWNER TO", "\connect".
func (s Statement) FirstWords() string {
	bare := s.Bare()
	if bare == "" {
		return ""
	}
	return firstWords(bare)
}

// DefinesSchema reports whether a statement makes or changes an object of a schema.
func (s Statement) DefinesSchema() bool {
	return s.Kind == SQL && s.Class() == Ordinary && definesSchema.MatchString(s.Bare())
}

// startsStatement is the beginning of a line that can only be that of another statement.
var startsStatement = regexp.MustCompile(`(?i)^[ \t]*(?:create\s+(?:or\s+replace\s+)?(?:table|(?:unique\s+)?index|type|domain|view|function|schema|sequence|extension|unlogged\s+table|trigger|materialized\s+view)\b|alter\s+table\b|drop\s+\w+\s|insert\s+into\b|comment\s+on\b)`)

// WithoutSemicolons cuts a statement before every line that begins another one, for
// scripts whose author left the semicolons out. Quotes and comments are left whole.
func (s Statement) WithoutSemicolons() []Statement {
	var (
		made  []Statement
		start int
		line  = s.Line
	)
	cut := func(to int) {
		piece := s.Text[start:to]
		from := leadingBlank(piece)
		if from < len(piece) {
			made = append(made, Statement{Kind: SQL, Text: strings.TrimSpace(piece[from:]), Line: line + strings.Count(piece[:from], "\n")})
		}
		line += strings.Count(piece, "\n")
		start = to
	}
	for i := 0; i < len(s.Text); {
		if s.Text[i] != '\n' {
			i = skip(s.Text, i)
			if s.Text[i-1] != '\n' { // a comment takes its line break along
				continue
			}
		} else {
			i++
		}
		end := min(i+maxBeginning, len(s.Text))
		if startsStatement.MatchString(s.Text[i:end]) {
			cut(i)
		}
	}
	cut(len(s.Text))
	return made
}

// maxBeginning is how much of a line is looked at for the beginning of a statement.
const maxBeginning = 200
