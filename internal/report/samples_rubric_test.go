package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// sampleRubric is the size and the shape of a real one: id, criterion, weight,
// basis, source, hint, title.
const sampleRubric = `
A01|functionality|2|brief||Start the program from the Dockerfile's CMD.|builds, starts and accepts a connection
A02|functionality|1|ops|twelve-factor IX||answers below 500 on its collection within 30 s
A03|robustness|1.5|ops|twelve-factor III|Read the port from PORT.|listens on the port it is given
A04|robustness|2|ops|twelve-factor III|Read DATABASE_URL, or the PG* variables.|connects to the database it is given
A05|functionality|1|brief||Create the tables at start, or declare a migration.|works on an empty database without manual steps
A06|functionality|1|ops||Use CREATE TABLE IF NOT EXISTS.|starts a second time and keeps its rows
A07|robustness|1|ops|||ends or answers 503 when its database cannot be reached
A08|robustness|1|sec|OWASP API8:2023||has no password in its code
B01|functionality|3|brief|RFC 9110 9.3.3, 15.3.2||create answers 201 with an id
B02|functionality|3|brief|||a created todo can be read
B03|functionality|1|brief|||twenty todos get twenty ids
B04|functionality|1|should|||a new todo is not done
B05|functionality|3|brief|||the list contains the created todo
B06|functionality|1|should|AIP-132|Return [] when there is nothing.|an empty list is an empty array
B07|functionality|2|must|RFC 9110 9.3.4||replace answers 200 or 204
B08|functionality|2|brief|||a replaced todo has its new values
B09|functionality|2|must|RFC 5789||a partial update keeps the other fields
B10|functionality|2|must|RFC 9110 9.3.5||delete answers 204
B11|functionality|2|brief|RFC 9110 15.5.5|Answer 404 when no row was found.|a deleted todo answers 404 or 410
B12|functionality|1|brief|||a deleted todo is not in the list
B13|functionality|1|guide|Zalando 252||a todo has the same shape everywhere
B14|functionality|1|brief||Look for an UPDATE without WHERE.|updating one todo leaves the others alone
B15|functionality|1|brief|||every writable field is stored as sent
C01|rest|1|should|RFC 9110 10.2.2|Set Location when you answer 201.|Location of a created todo leads to it
C02|rest|1.5|guide|Zalando 141, AIP-122||paths are nouns
C03|rest|1|must|RFC 9110 9.2.1||reading changes nothing
C04|rest|1|must|RFC 9110 9.2.2||the same PUT twice gives the same todo
C05|rest|1|must|RFC 9110 9.2.2||deleting twice is harmless
C06|rest|2|must|RFC 9110 15.5.5|Check the number of rows before you answer.|an unknown id answers 404
C07|rest|1|must|RFC 9110 15.5.5||replacing an unknown id answers 404
C08|rest|0.5|must|RFC 9110 15.5.5||updating an unknown id answers 404
C09|rest|1|should|AIP-135||deleting an unknown id answers 404
C10|rest|1|must|RFC 9110 15.5.6|Send Allow with a 405.|an unsupported method answers 405 with Allow
C11|rest|0.5|must|RFC 9110 9.1||an unknown method answers 501 or 405
C12|rest|0.5|should|RFC 9110 9.3.2||HEAD answers like GET
C14|rest|1|should|RFC 9110 8.3||JSON replies say that they are JSON
C16|rest|1|must|RFC 9110 15.5.16||a body that is not JSON answers 415
C18|rest|0.5|guide|||an unknown route answers 404 in the API's own shape
C20|rest|2|brief||Use the status code, not a field of the body.|no success status carries an error
C21|rest|1|must|RFC 9110 15||status codes fit their methods
D01|robustness|2|brief||Validate before you write.|a todo without a title is refused
D02|robustness|2|brief|||a title of the wrong type is refused
D03|robustness|1|brief|||an empty title is refused
D04|robustness|0.5|guide|||a blank title is refused
D05|robustness|1|brief|||a wrong value for done is refused
D06|robustness|0.5|guide|||an unknown field does no harm
D07|robustness|1|sec|OWASP API3:2023||id and created_at cannot be set
D08|robustness|0.5|should|||an array is refused
D09|robustness|0.5|should||Check that the body is an object.|a scalar body is refused
D10|robustness|0.5|should|||an empty body is refused
D11|robustness|2|brief|RFC 8259|Answer 400 where parsing fails.|broken JSON answers 400
D12|robustness|1.5|brief||Check the id before it reaches the database.|an id of the wrong type answers 400 or 404
D13|robustness|0.5|should|||odd ids answer 4xx
D14|robustness|1|should|||ids beyond the type answer 4xx
D15|robustness|1.5|brief|||updates are validated as well
D16|robustness|0.5|should|RFC 3339||a wrong date is refused
D18|robustness|1|should|||a long title is refused or stored whole
D19|robustness|1|brief|||a half-wrong update changes nothing
D20|robustness|1|should|||odd list parameters do no harm
E01|rest|1|guide|||errors are JSON
E02|robustness|1.5|brief|||errors have one shape
E03|rest|1|guide|RFC 9457||an error has a message and a code
E04|robustness|1.5|brief|||a validation error names the field
E05|robustness|2|sec|OWASP API8:2023|Log the driver's error; do not send it.|errors leak no internals
E06|robustness|0.5|should|RFC 9457 3.1.2||status in the body equals the status
E07|robustness|0.5|guide|||different causes have different messages
I01|functionality|2|brief||Store todos in the database you are given.|a todo is a row in our Postgres
I02|functionality|2|brief|||todos survive a restart
H07|rest|0.5|guide|RFC 9110 13.1.2||ETag and If-None-Match are understood
R01|clarity|0|brief|||the code is clear and well organised
R02|clarity|0|brief|||the tests test what matters
`

// sampleGuidance is what a rubric tells the human reviewer.
const sampleGuidance = `Look for a split between HTTP, rules and storage that a colleague could explain after five minutes.
A single file is fine where it reads well. Names matter more than layers.`

func sampleChecks(t *testing.T) []takehome.ReportedCheck {
	t.Helper()
	groups := map[string]string{
		"A": "Boot and configuration", "B": "CRUD", "C": "HTTP and REST", "D": "Input validation", "E": "Errors",
		"H": "Caching", "I": "Persistence", "R": "For a person",
	}
	var checks []takehome.ReportedCheck
	for row := range strings.SplitSeq(strings.TrimSpace(sampleRubric), "\n") {
		cells := strings.Split(row, "|")
		require.Len(t, cells, 7, row)
		weight, err := takehome.ParsePoints(cells[2])
		require.NoError(t, err)
		check := takehome.ReportedCheck{
			ID: cells[0], Group: cells[0][:1], GroupTitle: groups[cells[0][:1]], Criterion: cells[1], Weight: weight,
			Basis: takehome.Basis(cells[3]), Source: cells[4], Hint: cells[5], Title: cells[6], Bonus: cells[0] == "H07",
			Visibility: takehome.Public, Skill: map[string]string{"rest": "API design", "robustness": "testing and debugging"}[cells[1]],
		}
		if check.Group == "R" {
			check.Guidance = sampleGuidance
		}
		checks = append(checks, check)
	}
	return checks
}

// sampleScorecard is a plain copy of what internal/score does, enough for samples.
func sampleScorecard(t *testing.T, c takehome.Canonical) *takehome.Scorecard {
	t.Helper()
	card := &takehome.Scorecard{Counts: map[takehome.Verdict]int{}}
	for _, line := range []takehome.CriterionScore{
		{ID: "functionality", Title: "Functionality", Share: 40},
		{ID: "rest", Title: "REST principles", Share: 25},
		{ID: "robustness", Title: "Robustness and error handling", Share: 35},
		{ID: "clarity", Title: "Clarity and organisation"},
	} {
		line.Counts = map[takehome.Verdict]int{}
		for _, check := range c.Rubric {
			if check.Criterion == line.ID {
				addResult(t, &line, check, c.Results)
			}
		}
		line.Score = line.Earned.Div(line.Possible)
		line.Assessed = line.Possible.Sign() > 0
		line.Percent = line.Score.Percent()
		card.Uncapped = card.Uncapped.Add(line.Score.Mul(takehome.Frac(int64(line.Share), 100)))
		for verdict, n := range line.Counts {
			card.Counts[verdict] += n
		}
		card.Criteria = append(card.Criteria, line)
	}
	card.Total = card.Uncapped
	card.Percent = card.Total.Percent()
	for _, line := range card.Criteria[1:3] {
		skill := map[string]string{"rest": "API design", "robustness": "testing and debugging"}[line.ID]
		card.Skills = append(card.Skills, takehome.SkillScore{
			Skill: skill, Assessed: line.Assessed, Earned: line.Earned, Possible: line.Possible, Percent: line.Percent,
		})
	}
	card.Skills = append(card.Skills, takehome.SkillScore{Skill: "operations", Percent: "0.0"})
	return card
}

func addResult(t *testing.T, line *takehome.CriterionScore, check takehome.ReportedCheck, results []takehome.Result) {
	t.Helper()
	at := slices.IndexFunc(results, func(r takehome.Result) bool { return r.Check == check.ID })
	require.GreaterOrEqual(t, at, 0, check.ID)
	result := results[at]
	line.Counts[result.Verdict]++
	if result.Verdict.Counts() && !check.Bonus {
		line.Earned = line.Earned.Add(check.Weight.Fraction().Mul(result.Credit))
		line.Possible = line.Possible.Add(check.Weight.Fraction())
	}
}

// capAt closes a gate on the total, or on a criterion.
func capAt(card *takehome.Scorecard, criterion, gate, reason string, limit int) {
	closed := takehome.AppliedCap{Gate: gate, Reason: reason, Cap: limit}
	most := takehome.Frac(int64(limit), 100)
	if criterion == "" {
		card.Caps = append(card.Caps, closed)
		card.Total = card.Total.Min(most)
		card.Percent = card.Total.Percent()
		return
	}
	for i := range card.Criteria {
		if line := &card.Criteria[i]; line.ID == criterion {
			line.Caps = append(line.Caps, closed)
			line.Score = line.Score.Min(most)
			line.Percent = line.Score.Percent()
		}
	}
}
