package query

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/query/equivalence"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func (r *grading) deliveryProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"query_file":  once(r.probeQueryFile, "runs", "several_statements", "no_statement", "absent", "refused", "changed"),
		"ddl":         once(r.probeDDL, labelMeasured, "runs", "nothing"),
		"permissions": once(r.probePermissions, "kept", "broken", "tampering"),
		"settings":    once(r.probeSettings, "none", "sane", "forbidden"),
	}
}

// probeQueryFile looks whether there is a query, and whether the server understands it. One
// that only fails on some rows is a matter of its result.
func (r *grading) probeQueryFile(*script.Probing) script.Observation {
	file := r.delivered.Query
	switch {
	case !file.Found():
		return seen("absent", "there is no query.sql")
	case file.Problem != "":
		return seen("no_statement", file.Problem)
	case len(r.delivered.queries) == 0:
		return seen("no_statement", file.Path+" holds no query")
	case r.delivered.query.Text == "":
		return seen("several_statements", fmt.Sprintf("%s holds %d statements", file.Path, len(r.delivered.queries)))
	case !r.task.MayRewrite() && !sameText(r.delivered.query.Text, bare(r.task.Given)):
		return seen("changed", "query.sql is not the query that was given, and this challenge is about indexes alone")
	}
	if refused := r.got.refusal(r.task.Scales[:1]); refused != nil && (refused.Refusal.Position > 0 || refused.Refusal.SQLState == insufficientPrivilege) {
		refusal := *refused.Refusal
		where := ""
		if line := r.query("", r.delivered.query.Text, nil).Line(refusal); line > 0 {
			where = fmt.Sprintf(" in line %d", line+r.delivered.query.Line-1)
		}
		observation := seen("refused", takehome.Line(refusal.Message)+where+" (SQLSTATE "+refusal.SQLState+")")
		observation.Evidence = []takehome.Evidence{ofFiles(file.Path, r.delivered.query.Text)}
		return observation
	}
	return seen("runs", file.Path+" holds one query that the server understands")
}

// insufficientPrivilege is the state of what a query calls and may not (PostgreSQL manual,
// appendix A).
const insufficientPrivilege = "42501"

// sameText compares statements without regard to white space, comments and a last semicolon.
func sameText(a, b string) bool {
	return strings.TrimSuffix(flattened(a), ";") == strings.TrimSuffix(flattened(b), ";")
}

// probeDDL looks how many statements of indexes.sql were carried out.
func (r *grading) probeDDL(*script.Probing) script.Observation {
	file := r.delivered.Indexes
	switch {
	case file.Problem != "":
		return script.Observation{Label: labelMeasured, Detail: file.Problem, Fault: "ddl"}
	case !file.Found() && len(r.delivered.strayed) == 0:
		return seen("nothing", "there is no indexes.sql, and none is needed for points")
	case !file.Found():
		file = r.delivered.Query
	}
	total, failed := int64(0), []string(nil)
	for _, each := range r.done {
		if each.order != orderRun {
			continue
		}
		total++
		if each.refusal != nil {
			failed = append(failed, each.words())
		}
	}
	switch {
	case total == 0:
		return seen("nothing", file.Path+" makes nothing")
	case len(failed) == 0:
		return seen("runs", fmt.Sprintf("%d of %d statements run", total, total))
	}
	good := total - int64(len(failed))
	return script.Observation{
		Label: labelMeasured, Share: takehome.Frac(good, total), Fault: "ddl",
		Detail:   fmt.Sprintf("%d of %d statements run; %s", good, total, failed[0]),
		Evidence: []takehome.Evidence{ofFiles("statements that the server refuses", strings.Join(failed, "\n"))},
	}
}

// probePermissions looks whether indexes.sql keeps to what may be made.
func (r *grading) probePermissions(*script.Probing) script.Observation {
	var lines []string
	label, first := "kept", ""
	for _, each := range r.orders {
		if each.order != orderDeny && each.order != orderForge {
			continue
		}
		words := performed{instruction: each}.words()
		lines = append(lines, words)
		if each.order == orderForge && label != "tampering" {
			label, first = "tampering", words
		} else if label == "kept" {
			label, first = "broken", words
		}
	}
	for _, change := range r.left {
		lines = append(lines, change.String()+": "+change.Reason)
		if label == "kept" {
			label, first = "broken", lines[len(lines)-1]
		}
	}
	if label == "kept" {
		return seen("kept", "nothing else is made")
	}
	return script.Observation{
		Label: label, Detail: first,
		Evidence: []takehome.Evidence{ofFiles("what is not allowed", strings.Join(lines, "\n"))},
	}
}

// probeSettings looks at what the submission sets.
func (r *grading) probeSettings(*script.Probing) script.Observation {
	var made, refused []string
	for _, each := range r.wished {
		switch {
		case each.reason != "":
			refused = append(refused, each.words())
		case !each.idle:
			made = append(made, each.words())
		}
	}
	switch {
	case len(refused) > 0:
		return script.Observation{
			Label: "forbidden", Detail: refused[0],
			Evidence: []takehome.Evidence{ofFiles("settings that were not made", strings.Join(refused, "\n"))},
		}
	case len(made) == 0:
		return seen("none", "no settings are needed")
	}
	return script.Observation{Label: "sane", Detail: strings.Join(made, ", "), Evidence: r.attribution()}
}

func (r *grading) resultProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"small_databases":  once(r.probeSmall, "equal", "different", "refused"),
		"filled_databases": once(r.probeFilled, "equal", "different", "refused"),
	}
}

// probeSmall tells what small databases showed. The most common mistake of those who tried
// their query by hand is a value that was left where a parameter belongs.
func (r *grading) probeSmall(*script.Probing) script.Observation {
	observation := r.verdictOf(r.small)
	if missing := unmentioned(bare(r.task.Given), r.delivered.query.Text); r.small.Outcome == equivalence.Different && len(missing) > 0 {
		observation.Detail += "; the query never mentions " + strings.Join(missing, " and ")
	}
	return observation
}

var parameter = regexp.MustCompile(`\$[0-9]+`)

// unmentioned are the parameters of the given query that another one lacks.
func unmentioned(given, query string) []string {
	missing := parameter.FindAllString(given, -1)
	mentioned := parameter.FindAllString(query, -1)
	missing = slices.DeleteFunc(missing, func(each string) bool { return slices.Contains(mentioned, each) })
	slices.Sort(missing)
	return slices.Compact(missing)
}

func (r *grading) probeFilled(*script.Probing) script.Observation {
	switch refused := r.got.refusal(r.task.Scales); {
	case refused != nil && r.changed.Outcome == "":
		return seen("equal", "as far as it came to an end") // that it does not is charged elsewhere
	case r.full.Outcome != equivalence.Equal:
		observation := r.verdictOf(r.full)
		observation.Detail = "at the full size: " + observation.Detail
		return observation
	}
	return r.verdictOf(r.changed)
}

// verdictOf tells a comparison, with the smallest database that tells the queries apart.
func (r *grading) verdictOf(verdict equivalence.Verdict) script.Observation {
	if verdict.Outcome == equivalence.Equal {
		return seen("equal", fmt.Sprintf("the same in %d comparisons", verdict.Compared))
	}
	observation := seen(string(verdict.Outcome), verdict.Reason)
	if verdict.Parameter != "" {
		observation.Detail += ", with " + verdict.Parameter
	}
	if example := verdict.Counterexample; example != nil {
		observation.Evidence = append(observation.Evidence, note("the smallest database that tells the queries apart", example.Script))
	}
	for _, answer := range []*takehome.Table{verdict.Right, verdict.Got} {
		if answer != nil {
			observation.Evidence = append(observation.Evidence, rowsOf(*answer))
		}
	}
	return observation
}

// rowsOf shows an answer as evidence.
func rowsOf(answer takehome.Table) takehome.Evidence {
	return takehome.Evidence{Query: &takehome.Query{
		Role: takehome.RoleOwner, SQL: "-- " + answer.Title, Columns: answer.Columns, Rows: answer.Rows,
	}}
}
