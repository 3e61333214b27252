package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Digest is "sha256:…" over the canonical part as compact JSON: the fields in the
// order of the type, keys of maps sorted, no escapes that JSON does not need. Anyone
// can compute it from a report without takehome:
//
//	jq -cj .canonical report.json | sha256sum
func Digest(c takehome.Canonical) string {
	sum := sha256.Sum256(canonicalJSON(c))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// canonicalJSON cannot fail: the type holds no floating-point number, no channel,
// and no marshaller that returns an error.
func canonicalJSON(c takehome.Canonical) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(filledCanonical(c)); err != nil {
		panic(fmt.Sprintf("report: canonical part as JSON: %v", err))
	}
	return plainReplacement(bytes.TrimSuffix(out.Bytes(), []byte("\n")))
}

// plainReplacement writes U+FFFD as itself. The encoder writes it as an escape where
// it stands for an invalid byte, but as itself when the same text is read and
// written again; the digest must be the same before and after.
func plainReplacement(encoded []byte) []byte {
	escape := []byte(`\ufffd`)
	if !bytes.Contains(encoded, escape) {
		return encoded
	}
	var out bytes.Buffer
	for len(encoded) > 0 {
		switch {
		case bytes.HasPrefix(encoded, escape):
			out.WriteRune('\uFFFD')
			encoded = encoded[len(escape):]
		case encoded[0] == '\\':
			out.Write(encoded[:2])
			encoded = encoded[2:]
		default:
			out.WriteByte(encoded[0])
			encoded = encoded[1:]
		}
	}
	return out.Bytes()
}

// writeJSON writes the artefact, indented, the canonical part first.
func writeJSON(w io.Writer, r takehome.Report) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// filled replaces every list and map that must be there by an empty one where it is
// nil, so that "none" has one spelling.
func filled(r takehome.Report) takehome.Report {
	r.Canonical = filledCanonical(r.Canonical)
	evidence := make(map[string][]takehome.Evidence, len(r.Evidence))
	for check, pieces := range r.Evidence {
		evidence[check] = list(pieces)
	}
	r.Evidence = evidence
	r.Run.Phases = list(r.Run.Phases)
	r.Run.Environment = list(r.Run.Environment)
	return r
}

func filledCanonical(c takehome.Canonical) takehome.Canonical {
	c.Rubric, c.Results = list(c.Rubric), list(c.Results)
	if c.Recipe != nil {
		recipe := *c.Recipe
		recipe.Bases = list(recipe.Bases)
		c.Recipe = &recipe
	}
	if c.Plan != nil {
		plan := *c.Plan
		plan.Env = list(plan.Env)
		c.Plan = &plan
	}
	if c.Scorecard == nil {
		return c
	}
	card := *c.Scorecard
	card.Counts = counts(card.Counts)
	card.Criteria = append([]takehome.CriterionScore{}, card.Criteria...)
	for i := range card.Criteria {
		card.Criteria[i].Counts = counts(card.Criteria[i].Counts)
	}
	c.Scorecard = &card
	return c
}

func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func counts(of map[takehome.Verdict]int) map[takehome.Verdict]int {
	if of == nil {
		return map[takehome.Verdict]int{}
	}
	return of
}
