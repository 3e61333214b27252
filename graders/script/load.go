package script

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// shareCredit is the credit of a rung that is worth what its probe measured.
const shareCredit = "share"

// Load decodes one file of checks and proves what can be proved without running it:
// steps and conditions are complete, probes and their labels exist, credits are
// between 0 and 1. Every fault is the author's, with file and line.
func Load(name string, data []byte, probes map[string]Probe) (File, error) {
	var file File
	if err := authored.Decode(name, data, &file); err != nil {
		return File{}, err
	}
	if len(file.Checks) == 0 {
		return File{}, authored.Fault(name, 0, "the file holds no checks")
	}
	for i := range file.Checks {
		check := &file.Checks[i]
		check.file, check.line = name, authored.LineOf(data, check.ID)
		check.inherit(file)
		if problem := check.problem(probes); problem != "" {
			return File{}, check.Fault(problem)
		}
	}
	return file, nil
}

// inherit takes what the check leaves out from its file.
func (c *Check) inherit(file File) {
	c.Criterion = cmp.Or(c.Criterion, file.Criterion)
	c.Visibility = cmp.Or(c.Visibility, file.Visibility, string(takehome.Public))
	c.Skill = cmp.Or(c.Skill, file.Skill)
	c.Flaky = cmp.Or(c.Flaky, file.Flaky, flakyBetter)
}

// Which of two different outcomes of a check counts.
const (
	flakyBetter = "better"
	flakyWorse  = "worse"
)

// Words are the questions as the rubric knows them.
func Words(questions []Question) []takehome.Question {
	var words []takehome.Question
	for _, each := range questions {
		words = append(words, takehome.Question{
			Ask: each.Ask, ListenFor: each.ListenFor, When: takehome.Occasion(cmp.Or(each.When, string(takehome.OnLoss))),
		})
	}
	return words
}

// Fault is a fault of the author in this check.
func (c Check) Fault(problem string) *takehome.Fault {
	return authored.Fault(c.file, c.line, c.ID+": "+problem)
}

// Word is the check as the rubric, the score and the report know it.
func (c Check) Word() (takehome.Check, error) {
	weight, err := takehome.ParsePoints(string(c.Weight))
	if err != nil {
		return takehome.Check{}, c.Fault(err.Error())
	}
	word := takehome.Check{
		ID: c.ID, Group: groupOf(c.ID), Title: c.Title, Criterion: c.Criterion, Weight: weight, Bonus: c.Bonus,
		Review: c.Review, Basis: takehome.Basis(c.Basis), Source: c.Source, Operation: c.Operation,
		Needs: c.Needs, Hint: c.Hint, Guidance: c.Guidance,
		Skill: c.Skill, Visibility: takehome.Visibility(c.Visibility), Questions: Words(c.Questions),
	}
	for _, rung := range c.Outcomes {
		credit := takehome.Full()
		if rung.Verdict == "" && rung.Credit != shareCredit {
			if credit, err = takehome.ParseFraction(string(rung.Credit)); err != nil {
				return takehome.Check{}, c.Fault(err.Error())
			}
		}
		word.Ladder = append(word.Ladder, takehome.Rung{
			Credit: credit, Verdict: takehome.Verdict(rung.Verdict), Share: rung.Credit == shareCredit,
			Note: rung.Note, When: rung.If.words(),
		})
	}
	return word, nil
}

var checkID = regexp.MustCompile(`^([A-Z]+)[0-9]{2}$`)

func groupOf(id string) string {
	if match := checkID.FindStringSubmatch(id); match != nil {
		return match[1]
	}
	return ""
}

// problem finds the first thing that is wrong with a check, or "".
func (c Check) problem(probes map[string]Probe) string {
	switch {
	case !checkID.MatchString(c.ID):
		return fmt.Sprintf("id %q must be the letter of its group and two digits", c.ID)
	case c.Title == "" || strings.HasSuffix(c.Title, "."):
		return "a title is needed, one sentence without a full stop"
	case c.Criterion == "":
		return "a criterion is needed"
	case !slices.Contains([]string{"brief", "must", "should", "guide", "sec", "ops"}, c.Basis):
		return "basis must be one of brief, must, should, guide, sec, ops"
	case !slices.Contains(takehome.Visibilities(), takehome.Visibility(c.Visibility)):
		return fmt.Sprintf("visibility %q must be one of public, hinted, hidden", c.Visibility)
	case c.Visibility == string(takehome.Hinted) && c.Hint == "":
		return "a hinted check needs a hint: it is all that the candidate is told"
	case c.Flaky != flakyBetter && c.Flaky != flakyWorse:
		return fmt.Sprintf("flaky %q must be better or worse", c.Flaky)
	}
	for _, question := range Words(c.Questions) {
		if problem := question.Problem(); problem != "" {
			return problem
		}
	}
	weight, err := takehome.ParsePoints(string(c.Weight))
	if err != nil {
		return err.Error()
	}
	if c.Review {
		if len(c.Steps) > 0 || len(c.Outcomes) > 0 || c.Guidance == "" {
			return "a review item has guidance, and neither steps nor outcomes"
		}
		return ""
	}
	if weight == 0 {
		return "a weight is needed"
	}
	if c.Basis == string(takehome.BasisGuide) && weight > 100 {
		return "a check that rests on a style guide alone must not cost more than one point"
	}
	return c.problemInside(probes)
}

func (c Check) problemInside(probes map[string]Probe) string {
	if len(c.Steps) == 0 || len(c.Outcomes) == 0 {
		return "steps and outcomes are needed"
	}
	names := map[string]bool{}
	for i, step := range c.Steps {
		if problem := step.problem(probes); problem != "" {
			return fmt.Sprintf("step %d: %s", i+1, problem)
		}
		if step.As != "" {
			names[step.As] = true
		}
	}
	known := c.labels(probes)
	covered := map[string]bool{}
	for i, rung := range c.Outcomes {
		if problem := c.rungProblem(rung, i, probes); problem != "" {
			return fmt.Sprintf("outcome %d: %s", i+1, problem)
		}
		if problem := conditionsProblem(rung.If, names, known, covered); problem != "" {
			return fmt.Sprintf("outcome %d: %s", i+1, problem)
		}
	}
	for _, label := range known {
		if !covered[label] {
			return fmt.Sprintf("no outcome says what %q is worth", label)
		}
	}
	return ""
}

// labels lists what the check's last observing step can answer with.
func (c Check) labels(probes map[string]Probe) []string {
	for _, step := range slices.Backward(c.Steps) {
		if step.Probe != "" {
			return probes[step.Probe].Labels
		}
		if step.Canary != "" {
			return []string{canaryStored, canaryAbsent}
		}
	}
	return nil
}

func (c Check) rungProblem(rung Outcome, index int, probes map[string]Probe) string {
	if rung.Verdict != "" {
		if rung.Credit != "" || rung.Note == "" {
			return "an outcome with a verdict has a note and no credit"
		}
		switch takehome.Verdict(rung.Verdict) {
		case takehome.NotApplicable, takehome.NotAssessed:
			return ""
		case takehome.NeedsReview:
			if c.Guidance == "" {
				return "an outcome for a human reviewer needs the check's guidance"
			}
			return ""
		default:
			return "verdict must be not_applicable, not_assessed or needs_review"
		}
	}
	if rung.Credit == shareCredit {
		for _, step := range c.Steps {
			if probes[step.Probe].Shares {
				return ""
			}
		}
		return "credit: share needs a probe that measures a share"
	}
	credit, err := takehome.ParseFraction(string(rung.Credit))
	switch {
	case err != nil:
		return fmt.Sprintf("credit %q is not a number from 0 to 1 or \"share\"", rung.Credit)
	case credit.Sign() < 0 || credit.Cmp(takehome.Full()) > 0:
		return fmt.Sprintf("credit %s is not between 0 and 1", rung.Credit)
	case credit.Cmp(takehome.Full()) < 0 && rung.Note == "":
		return "an outcome below full credit needs a note that says what was seen"
	case index == 0 && credit.Sign() == 0:
		return "the first outcome says what is wanted, it cannot be worth nothing"
	}
	return ""
}

func (s Step) problem(probes map[string]Probe) string {
	kinds := 0
	for _, set := range []bool{
		s.HTTP != nil, s.Raw != nil, s.SQL != nil, s.Canary != "", s.App != "", s.DB != nil,
		s.Poll != nil, s.Parallel != nil, s.Probe != "", s.Set != nil,
	} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return "a step has exactly one of http, raw, sql, canary, app, db, poll, parallel, probe, set"
	}
	switch {
	case s.HTTP != nil:
		return s.HTTP.problem()
	case s.Parallel != nil:
		if s.Parallel.Times < 2 || s.Parallel.Times > 100 {
			return "parallel needs times from 2 to 100"
		}
		return s.Parallel.HTTP.problem()
	case s.Poll != nil:
		if s.Poll.Within <= 0 || len(s.Poll.Until) == 0 {
			return "poll needs until and within"
		}
		return s.Poll.Step.problem(probes)
	case s.App != "" && !slices.Contains([]string{"start", "stop", "restart", "kill", "terminate"}, s.App):
		return "app must be one of start, stop, restart, kill, terminate"
	case s.DB != nil && !slices.Contains(proxyModes, s.DB.Mode):
		return "db mode must be one of " + strings.Join(proxyModes, ", ")
	case s.Probe != "":
		if _, known := probes[s.Probe]; !known {
			problem := fmt.Sprintf("there is no probe %q", s.Probe)
			if near := authored.Nearest(s.Probe, sortedKeys(probes)); near != "" {
				problem += fmt.Sprintf(" (did you mean %q?)", near)
			}
			return problem
		}
	}
	return ""
}

var proxyModes = []string{
	takehome.ProxyPass, takehome.ProxyRefuse, takehome.ProxyBlackHole, takehome.ProxyDelay, takehome.ProxyLimit,
}

var operations = []string{Create, Fetch, List, Replace, Patch, Delete}

func (h HTTPStep) problem() string {
	switch {
	case h.Op == "" && (h.Method == "" || h.Path == ""):
		return "http needs op, or method and path"
	case h.Op != "" && (h.Method != "" || h.Path != ""):
		return "http has either op, or method and path"
	case h.Op != "" && !strings.Contains(h.Op, "${") && !slices.Contains(operations, h.Op):
		return fmt.Sprintf("op %q must be one of %s", h.Op, strings.Join(operations, ", "))
	case h.JSON != nil && h.Body != nil:
		return "http has either json or body"
	case h.Times < 0 || h.Times > 100:
		return "times must be at most 100"
	}
	return ""
}

func conditionsProblem(conditions Conditions, names map[string]bool, known []string, covered map[string]bool) string {
	for _, condition := range conditions {
		if condition.At != "" && !names[condition.At] {
			return fmt.Sprintf("no step is called %q", condition.At)
		}
		if condition.SameAs != nil && !names[condition.SameAs.Step] {
			return fmt.Sprintf("no step is called %q", condition.SameAs.Step)
		}
		for _, label := range condition.Seen {
			if !slices.Contains(known, label) {
				return fmt.Sprintf("the probe never sees %q, only %s", label, strings.Join(known, ", "))
			}
			covered[label] = true
		}
		if problem := condition.jsonProblem(); problem != "" {
			return problem
		}
		for _, alternative := range slices.Concat(condition.AnyOf, []Conditions{condition.Not}) {
			if problem := conditionsProblem(alternative, names, known, covered); problem != "" {
				return problem
			}
		}
	}
	return ""
}

func (c Condition) jsonProblem() string {
	for _, pointer := range sortedKeys(c.JSON) {
		if pointer != "" && pointer[0] != '/' {
			return fmt.Sprintf("%q is no JSON Pointer, it must start with /", pointer)
		}
		matcher, _ := c.JSON[pointer].(map[string]any)
		for _, kind := range sortedKeys(matcher) {
			if !slices.Contains(valueMatchers, kind) {
				return fmt.Sprintf("%q is no matcher, only %s", kind, strings.Join(valueMatchers, ", "))
			}
			if pattern, _ := matcher[kind].(string); kind == "matches" {
				if _, err := regexp.Compile(pattern); err != nil {
					return err.Error()
				}
			}
		}
	}
	if c.SameAs != nil {
		if _, err := regexp.Compile(strings.Join(c.SameAs.Ignoring, "|")); err != nil {
			return err.Error()
		}
	}
	return ""
}
