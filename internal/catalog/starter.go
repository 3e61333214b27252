package catalog

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// proveStarter proves that every file for a candidate exists and has a place of its own,
// inside the candidate's folder.
func proveStarter(files fs.FS, starter []takehome.HandOut) error {
	taken := map[string]bool{}
	for _, each := range starter {
		fault := func(problem string) error {
			return authored.Fault(challengeFile, 0, fmt.Sprintf("starter: %s: %s", takehome.Line(each.File), problem))
		}
		switch info, err := fs.Stat(files, each.File); {
		case !fs.ValidPath(each.File) || err != nil || !info.Mode().IsRegular():
			return fault("the package has no such file")
		case !fs.ValidPath(each.As) || each.As == "." || strings.ContainsAny(each.As, `\:`):
			return fault(fmt.Sprintf("%q is no path inside a folder", takehome.Line(each.As)))
		case taken[strings.ToLower(each.As)]:
			return fault(fmt.Sprintf("%q is handed out twice", takehome.Line(each.As)))
		}
		taken[strings.ToLower(each.As)] = true
	}
	return nil
}

// attribute proves the skills and the questions of the criteria, and gives every check that
// names no skill that of its criterion.
func (d document) attribute(rubric source, checks []takehome.Check) error {
	skills := map[string]string{}
	for _, c := range d.Rubric.Criteria {
		problem := d.unknownSkill(c.Skill)
		for _, each := range c.words().Questions {
			problem = cmp.Or(problem, each.Problem())
		}
		if problem != "" {
			return authored.Fault(rubric.name, authored.LineOf(rubric.data, c.ID), fmt.Sprintf("criterion %s: %s", c.ID, problem))
		}
		skills[c.ID] = c.Skill
	}
	for i := range checks {
		check := &checks[i]
		if problem := d.unknownSkill(check.Skill); problem != "" {
			return authored.Fault(challengeFile, 0, fmt.Sprintf("check %s: %s", check.ID, problem))
		}
		check.Skill = cmp.Or(check.Skill, skills[check.Criterion])
	}
	return nil
}

// selective is a grader that can leave checks out.
type selective interface {
	Only(keep func(takehome.Check) bool) takehome.Grader
}

// ForCandidate is the package without what is hidden from a candidate: those checks are
// neither run nor known. It also counts them.
func (p Package) ForCandidate() (open Package, hidden int, err error) {
	grader, ok := p.Grader.(selective)
	if !ok {
		return Package{}, 0, &takehome.Fault{
			Owner: takehome.Takehome, Summary: "challenges of the kind " + p.Challenge.Kind + " cannot be checked without their hidden checks",
		}
	}
	known := func(check takehome.Check) bool { return check.Visibility != takehome.Hidden }
	open, open.Grader = p, grader.Only(known)
	open.Challenge.Rubric.Checks = slices.DeleteFunc(slices.Clone(p.Challenge.Rubric.Checks), func(c takehome.Check) bool { return !known(c) })
	return open, len(p.Challenge.Rubric.Checks) - len(open.Challenge.Rubric.Checks), nil
}
