package report

import (
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// What stands in the place of what a candidate is not shown.
const (
	keptBackSeen = "kept back; the hint says where to look"
	keptBackBody = "(kept back: the answer may hold what a check that is not shown has stored)"
	keptBackID   = "a check that is not shown"
)

// ForCandidate is the report as the one who handed the submission in may see it. It is a
// report like any other, with a digest of its own; its View says what was left out:
//
//   - of a hidden check everything, and whatever may hold its data: the seed, from which the
//     data is made, the program's log, our remarks, and answers and rows that were read
//     after the check had stored something;
//   - of a hinted check all but its rule, its verdict and its hint;
//   - what is meant for the staff: guidance for reviewers, questions for the interview,
//     exhibits of theirs.
//
// A check whose visibility is not known is hidden.
func ForCandidate(r takehome.Report) takehome.Report {
	if r.Canonical.View != nil && r.Canonical.View.For == takehome.ForCandidate {
		return r
	}
	v := newVeil(r)
	r.Digest = ""
	r.Canonical = v.canonical(r.Canonical)
	r.Run = v.run(r.Run)
	r.Exhibits = v.exhibits(r.Exhibits)
	evidence := map[string][]takehome.Evidence{}
	for check, pieces := range r.Evidence {
		if v.of(check) != takehome.Public {
			continue
		}
		if kept := v.evidence(pieces); len(kept) > 0 {
			evidence[check] = kept
		}
	}
	r.Evidence = evidence
	r.Digest = Digest(r.Canonical)
	return r
}

// OwnCheck is the report of a run on the candidate's own machine, in which the hidden
// checks were left out from the beginning.
func OwnCheck(r takehome.Report, hidden int) takehome.Report {
	r = ForCandidate(r)
	view := *r.Canonical.View
	view.Hidden, view.OwnMachine = view.Hidden+hidden, true
	r.Canonical.View = &view
	r.Digest = Digest(r.Canonical)
	return r
}

// veil knows what a candidate may see.
type veil struct {
	visibility map[string]takehome.Visibility // of every check that is mentioned anywhere
	hidden     int
	hinted     int
	// from is the number of the exchange from which on an answer may hold what a hidden
	// check has stored; 0 where there is none.
	from  int
	names *regexp.Regexp // ids of hidden checks in a text, nil where there are none
}

func newVeil(r takehome.Report) veil {
	v := veil{visibility: map[string]takehome.Visibility{}}
	for _, check := range r.Canonical.Rubric {
		v.visibility[check.ID] = check.Visibility
	}
	mention := func(check string) {
		if _, known := v.visibility[check]; !known {
			v.visibility[check] = takehome.Hidden
		}
	}
	for _, result := range r.Canonical.Results {
		mention(result.Check)
	}
	for check := range r.Evidence {
		mention(check)
	}
	var names []string
	for check := range v.visibility {
		switch v.of(check) {
		case takehome.Public:
		case takehome.Hinted:
			v.hinted++
		case takehome.Hidden:
			v.hidden++
			names = append(names, regexp.QuoteMeta(check))
		}
	}
	if v.hidden == 0 {
		return v
	}
	slices.Sort(names)
	v.names = regexp.MustCompile(`\b(?:` + strings.Join(names, "|") + `)\b`)
	v.from = firstWrite(r, v)
	return v
}

// firstWrite is the number of the first exchange by which a hidden check may have stored
// something. Of a run that was cut short nothing is known for sure.
func firstWrite(r takehome.Report, v veil) int {
	if r.Canonical.Status != takehome.Graded {
		return 1
	}
	first := 0
	for check, pieces := range r.Evidence {
		for _, piece := range pieces {
			x := piece.Exchange
			if x == nil || slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, x.Method) ||
				v.of(check) != takehome.Hidden && (x.Check == "" || v.of(x.Check) != takehome.Hidden) {
				continue
			}
			if first == 0 || x.Seq < first {
				first = x.Seq
			}
		}
	}
	return first
}

// of is the visibility of a check; what is not known is hidden.
func (v veil) of(check string) takehome.Visibility {
	switch known := v.visibility[check]; known {
	case takehome.Public, takehome.Hinted:
		return known
	case takehome.Hidden:
	}
	return takehome.Hidden
}

// words takes the names of hidden checks out of a sentence.
func (v veil) words(text string) string {
	if v.names == nil {
		return text
	}
	return v.names.ReplaceAllString(text, keptBackID)
}

func (v veil) canonical(c takehome.Canonical) takehome.Canonical {
	c.View = &takehome.View{For: takehome.ForCandidate, Hinted: v.hinted, Hidden: v.hidden}
	c.Seed, c.Questions = "", nil
	var rubric []takehome.ReportedCheck
	for _, check := range c.Rubric {
		if v.of(check.ID) != takehome.Hidden {
			check.Guidance = ""
			rubric = append(rubric, check)
		}
	}
	var results []takehome.Result
	for _, result := range c.Results {
		if v.of(result.Check) != takehome.Hidden {
			result.Finding = v.finding(result)
			results = append(results, result)
		}
	}
	c.Rubric, c.Results = rubric, results
	return c
}

func (v veil) finding(result takehome.Result) takehome.Finding {
	finding := result.Finding
	finding.Summary, finding.Wanted = v.words(finding.Summary), v.words(finding.Wanted)
	if finding.Cause != "" && v.of(finding.Cause) == takehome.Hidden {
		finding.Cause = ""
	}
	if v.of(result.Check) == takehome.Hinted {
		finding.Fault = ""
		if finding.Verdict != takehome.Pass {
			finding.Summary = keptBackSeen
		} else {
			finding.Summary = "as wanted"
		}
	}
	return finding
}

// run leaves out what was said while hidden checks ran.
func (v veil) run(of takehome.Run) takehome.Run {
	if v.hidden == 0 {
		return of
	}
	of.ProgramLog, of.Notes = takehome.Text{}, nil
	if of.Fault != nil {
		fault := *of.Fault
		fault.Cause, fault.Summary = "", v.words(fault.Summary)
		of.Fault = &fault
	}
	return of
}

// exhibits drops those of the staff, and takes the names of hidden checks out of the others.
func (v veil) exhibits(all []takehome.Exhibit) []takehome.Exhibit {
	var kept []takehome.Exhibit
	for _, exhibit := range all {
		if exhibit.StaffOnly {
			continue
		}
		exhibit.Title, exhibit.Note = v.words(exhibit.Title), v.words(exhibit.Note)
		exhibit.Tables = slices.Clone(exhibit.Tables)
		for i, table := range exhibit.Tables {
			table.Title = v.words(table.Title)
			table.Rows = slices.Clone(table.Rows)
			for j, row := range table.Rows {
				table.Rows[j] = slices.Clone(row)
				for k, cell := range row {
					table.Rows[j][k] = v.words(cell)
				}
			}
			exhibit.Tables[i] = table
		}
		kept = append(kept, exhibit)
	}
	return kept
}

// evidence of a public check may be made of what was exchanged for others.
func (v veil) evidence(pieces []takehome.Evidence) []takehome.Evidence {
	var kept []takehome.Evidence
	for _, piece := range pieces {
		switch {
		case piece.Exchange != nil:
			if piece.Exchange.Check == "" || v.of(piece.Exchange.Check) == takehome.Public {
				kept = append(kept, takehome.Evidence{Exchange: v.exchange(*piece.Exchange)})
			}
		case piece.Query != nil:
			query := *piece.Query
			if v.hidden > 0 {
				query.Rows, query.Message = nil, ""
			}
			kept = append(kept, takehome.Evidence{Query: &query})
		case piece.Note != nil && (v.hidden == 0 || piece.Note.OfFiles):
			kept = append(kept, piece)
		}
	}
	return kept
}

func (v veil) exchange(x takehome.Exchange) *takehome.Exchange {
	if v.from == 0 || x.Seq < v.from {
		return &x
	}
	if x.ResponseBody != nil {
		x.ResponseBody = &takehome.Text{Shown: keptBackBody, Bytes: x.ResponseBody.Bytes}
	}
	x.Differences = slices.Clone(x.Differences)
	for i := range x.Differences {
		if x.Differences[i].Where != "status" {
			x.Differences[i].Got = keptBackBody
		}
	}
	return &x
}
