package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/takehome-dev/takehome/internal/authored"
)

// scalar keeps a number or word exactly as it is written: 0.85 stays "0.85".
type scalar string

// UnmarshalYAML takes any scalar.
func (s *scalar) UnmarshalYAML(node ast.Node) error {
	if _, ok := node.(ast.ScalarNode); !ok {
		return authored.Node(node, (*string)(s))
	}
	*s = scalar(node.GetToken().Value)
	return nil
}

// words is one word or a list of words.
type words []string

// UnmarshalYAML reads both forms.
func (w *words) UnmarshalYAML(node ast.Node) error {
	if node.Type() == ast.SequenceType {
		return authored.Node(node, (*[]string)(w))
	}
	*w = words{node.GetToken().Value}
	return nil
}

func (w words) has(word string) bool { return slices.Contains(w, word) }

// duration is written "250ms" or "30s".
type duration time.Duration

// UnmarshalYAML parses it.
func (d *duration) UnmarshalYAML(node ast.Node) error {
	parsed, err := time.ParseDuration(node.GetToken().Value)
	if err != nil {
		return fmt.Errorf("%q is not a duration such as 250ms or 30s", node.GetToken().Value)
	}
	*d = duration(parsed)
	return nil
}

// statuses is a set of HTTP status codes: 201, 4xx, or a list of both.
type statuses []string

// UnmarshalYAML reads one or a list and refuses what is no status.
func (s *statuses) UnmarshalYAML(node ast.Node) error {
	var listed words
	if err := listed.UnmarshalYAML(node); err != nil {
		return err
	}
	for _, status := range listed {
		code, err := strconv.Atoi(strings.Replace(status, "xx", "00", 1))
		if err != nil || len(status) != 3 || code < 100 || code > 599 {
			return fmt.Errorf("%q is not a status such as 201 or 4xx", status)
		}
	}
	*s = statuses(listed)
	return nil
}

func (s statuses) has(code int) bool {
	for _, status := range s {
		if status == strconv.Itoa(code) || strings.HasSuffix(status, "xx") && status[0] == strconv.Itoa(code)[0] {
			return true
		}
	}
	return false
}

// String writes "200 or 204".
func (s statuses) String() string { return strings.Join(s, " or ") }
