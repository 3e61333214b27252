package sqlscript

import "strings"

// Statement is one statement of a script, without the comments before it and the
// semicolon behind it.
type Statement struct {
	Text string
	Line int // of its first word, from 1
}

// Statements cuts a script at the semicolons that end statements.
func Statements(text string) []Statement {
	var (
		made []Statement
		line = 1
	)
	for _, each := range split(text) {
		start := leadingBlank(each.text)
		if start < len(each.text) {
			made = append(made, Statement{
				Text: strings.TrimSpace(each.text[start:]), Line: line + strings.Count(each.text[:start], "\n"),
			})
		}
		line += strings.Count(each.text, "\n")
	}
	return made
}

// leadingBlank is the length of white space and comments at the beginning of a text.
func leadingBlank(text string) int {
	at := 0
	for at < len(text) {
		switch {
		case strings.HasPrefix(text[at:], "--"), strings.HasPrefix(text[at:], "/*"):
			at = skip(text, at)
		case strings.IndexByte(" \t\r\n\f\v", text[at]) >= 0:
			at++
		default:
			return at
		}
	}
	return at
}
