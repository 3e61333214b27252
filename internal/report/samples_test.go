package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// found is a finding that differs from a plain pass.
type found struct {
	verdict       takehome.Verdict
	credit        takehome.Fraction
	seen, wanted  string
	fault, cause  string
	flaky         bool
	status        int
	body          string
	where         string
	expect, given string
}

// samples are reports as runs leave them, one of each kind that a reader meets.
func samples(t *testing.T) map[string]takehome.Report {
	t.Helper()
	return map[string]takehome.Report{
		"strong":       strongReport(t),
		"weak":         weakReport(t),
		"dead":         deadReport(t),
		"inconclusive": inconclusiveReport(t),
		"refused":      refusedReport(),
		"interrupted":  interruptedReport(t),
		"query":        queryReport(t),
		"schema":       schemaReport(t),
		"hostile":      hostileReport(t, polyglot),
	}
}

func sum(text string) string {
	hash := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(hash[:])
}

// graded is a whole report with the given deviations from full marks.
func graded(t *testing.T, name string, deviations map[string]found) takehome.Report {
	t.Helper()
	r := baseReport(name)
	r.Canonical.Rubric = sampleChecks(t)
	for i, check := range r.Canonical.Rubric {
		finding := takehome.Finding{Verdict: takehome.Pass, Credit: takehome.Full(), Summary: "as wanted"}
		deviation, differs := deviations[check.ID]
		switch {
		case differs:
			finding = takehome.Finding{
				Verdict: deviation.verdict, Credit: deviation.credit, Summary: deviation.seen, Wanted: deviation.wanted,
				Fault: deviation.fault, Cause: deviation.cause, Flaky: deviation.flaky,
			}
		case check.Group == "R":
			finding = takehome.Finding{Verdict: takehome.NeedsReview, Summary: "12 files, 640 lines of code, 3 files of tests"}
		case check.ID == "H07":
			finding = takehome.Finding{Verdict: takehome.Fail, Summary: "no ETag was sent", Wanted: "ETag, and 304 to If-None-Match"}
		}
		r.Canonical.Results = append(r.Canonical.Results, takehome.Result{Check: check.ID, Finding: finding})
		if finding.Verdict != takehome.Blocked && finding.Verdict != takehome.NotApplicable {
			r.Evidence[check.ID] = sampleEvidence(i, check.ID, deviation)
		}
	}
	r.Canonical.Scorecard = sampleScorecard(t, r.Canonical)
	return r
}

func baseReport(name string) takehome.Report {
	return takehome.Report{
		Schema: takehome.ReportSchema,
		Canonical: takehome.Canonical{
			Status: takehome.Graded,
			Challenge: takehome.Challenge{
				ID: "todo-api", Version: "1.0.0", Title: "Todo REST API", Kind: "rest-api", Digest: sum("challenge"),
			},
			Submission: takehome.Submission{Digest: sum(name), Files: 23, Bytes: 48_211, Notes: []string{".git was left out", "node_modules/ was left out"}},
			Seed:       "7f3a91c2",
			Recipe: &takehome.Recipe{
				Source: "Dockerfile", Language: "node", Context: ".", Bases: []string{"node:18-alpine"},
			},
			Plan:    samplePlan(),
			Binding: sampleBinding(),
		},
		Evidence: map[string][]takehome.Evidence{},
		Run:      sampleRun(name),
	}
}

func samplePlan() *takehome.StartPlan {
	return &takehome.StartPlan{
		Folder: ".",
		Env: []takehome.Setting{
			{Name: "DATABASE_URL", Value: "postgres://{user}:{password}@{host}:{port}/{database}", Source: "contract"},
			{Name: "DB_HOST", Value: "{host}", Source: "src/db.js reads it"},
			{Name: "NODE_ENV", Value: "production", Source: "docker-compose.yml: service api"},
			{Name: "PORT", Value: "{listen}", Source: "contract"},
		},
		Command: []string{"node", "src/server.js"}, CommandBy: "docker-compose.yml: service api",
		Ports:     []takehome.Port{{Number: 3000, Source: ".env.example", Declared: true}},
		Migration: &takehome.Migration{Command: []string{"npx", "knex", "migrate:latest"}, Source: "package.json: scripts.migrate"},
		Ready:     "/health",
	}
}

func sampleBinding() []takehome.BindingEntry {
	return []takehome.BindingEntry{
		{Name: "collection", Value: "/api/v1/tasks", Source: "probing: the canary came back", Confidence: 100},
		{Name: "item", Value: "/api/v1/tasks/{id}", Source: "probing", Confidence: 100},
		{Name: "envelope", Value: "/data", Source: "probing", Confidence: 95},
		{Name: "id", Value: "/data/id (UUID)", Source: "probing", Confidence: 100},
		{Name: "field text", Value: "name", Source: "probing", Confidence: 90},
		{Name: "field done", Value: "status: open | done", Source: "README.md", Confidence: 80},
		{Name: "update", Value: "PUT, no PATCH", Source: "probing: PATCH answers 404", Confidence: 90},
	}
}

func sampleRun(name string) takehome.Run {
	phases := []takehome.Phase{}
	for i, phase := range []string{"intake", "build", "pod", "Postgres", "boot", "binding", "checks", "teardown"} {
		phases = append(phases, takehome.Phase{Name: phase, Micros: []int64{41_000, 3_870_000, 310_000, 690_000, 1_240_000, 380_000, 11_900_000, 420_000}[i]})
	}
	return takehome.Run{
		Started: time.Date(2026, 5, 14, 11, 12, 9, 120_000_000, time.FixedZone("CEST", 2*60*60)),
		Millis:  18_851, Name: name, Origin: takehome.Origin{Kind: "folder", Given: "submissions/" + name},
		Phases: phases,
		Environment: []takehome.Setting{
			{Name: "engine", Value: "Docker 20.10.24, API 1.41, overlay2", Source: "engine"},
			{Name: "image postgres", Value: sum("postgres"), Source: "stand-in on Debian trixie"},
			{Name: "takehome", Value: "0.1.0 (f1c36e5)", Source: "build"},
		},
		Image: &takehome.Image{
			ID: sum("image"), Command: []string{"node", "src/server.js"}, User: "node", Bytes: 214_000_000,
			Substitutes: []takehome.Substitute{{Wanted: "node:18-alpine", Used: "node 20.19 on Debian trixie"}},
		},
		Boot: &takehome.Boot{
			Listening: true, PortBy: takehome.PortGiven, Profile: "read-only", Exit: takehome.Exit{Running: true},
			Database: takehome.Connections{Given: 4},
		},
		BuildLog:   takehome.Quote([]byte("Step 1/6 : FROM node:18-alpine\nStep 2/6 : WORKDIR /app\nStep 3/6 : COPY package*.json ./\nStep 4/6 : RUN npm ci\nadded 84 packages in 3s\nStep 5/6 : COPY . .\nStep 6/6 : CMD [\"node\", \"src/server.js\"]\n"), 16<<10),
		ProgramLog: takehome.QuoteTail([]byte(strings.Repeat("GET /api/v1/tasks 200 2ms\n", 400)), 4<<10),
	}
}

// sampleEvidence is a create and the request that the check is about.
func sampleEvidence(number int, check string, deviation found) []takehome.Evidence {
	canary := fmt.Sprintf("k-%06x", 0xa31f00+number*37)
	created := takehome.Quote(fmt.Appendf(nil, `{"data":{"id":"5b0f1c1e-0000-4000-8000-%012d","name":"%s","status":"open"}}`, number, canary), takehome.QuoteBody)
	sent := takehome.Quote(fmt.Appendf(nil, `{"name":"%s"}`, canary), takehome.QuoteBody)
	create := takehome.Exchange{
		Seq: number*3 + 1, Step: "create the todo", Method: "POST", URL: "http://127.0.0.1:31245/api/v1/tasks",
		RequestHeaders: []takehome.Header{{Name: "Content-Type", Value: "application/json"}}, RequestBody: &sent,
		Status: 201, ResponseHeaders: []takehome.Header{{Name: "Content-Type", Value: "application/json; charset=utf-8"}},
		ResponseBody: &created, Micros: 3140,
		Curl: `curl -i -X POST 'http://127.0.0.1:31245/api/v1/tasks' -H 'Content-Type: application/json' -d '{"name":"` + canary + `"}'`,
	}
	body := deviation.body
	if body == "" {
		body = created.Shown
	}
	reply := takehome.Quote([]byte(body), takehome.QuoteBody)
	probe := takehome.Exchange{
		Seq: number*3 + 2, Step: "the request of " + check, Method: "GET",
		URL: "http://127.0.0.1:31245/api/v1/tasks/5b0f1c1e", Status: 200, ResponseHeaders: create.ResponseHeaders,
		ResponseBody: &reply, Micros: 1870, Curl: `curl -i 'http://127.0.0.1:31245/api/v1/tasks/5b0f1c1e'`,
	}
	if deviation.status != 0 {
		probe.Status = deviation.status
	}
	if deviation.fault == "hang" {
		probe.Status, probe.Fault, probe.ResponseBody, probe.ResponseHeaders = 0, "hang", nil, nil
	}
	if deviation.where != "" {
		probe.Differences = []takehome.Difference{{Where: deviation.where, Wanted: deviation.expect, Got: deviation.given}}
	}
	pieces := []takehome.Evidence{{Exchange: &create}, {Exchange: &probe}}
	if check == "I01" {
		search := &takehome.Query{
			Role: takehome.RoleProbe, SQL: "SELECT id, name FROM public.tasks WHERE name::text LIKE '%" + canary + "%' LIMIT 1",
			Columns: []string{"id", "name"},
		}
		if deviation.verdict == "" {
			search.Rows = [][]string{{"5b0f1c1e", canary}}
		}
		pieces = append(pieces, takehome.Evidence{Query: search})
	}
	if check == "R01" {
		pieces = []takehome.Evidence{{Note: &takehome.Note{
			Title: "Files of the submission", Text: takehome.Quote([]byte("src/server.js   88 lines\nsrc/db.js       31 lines\nsrc/tasks.js   214 lines\n"), takehome.QuoteBody),
		}}}
	}
	return pieces
}
