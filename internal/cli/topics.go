package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/internal/config"
)

func errorf(format string, arguments ...any) error { return fmt.Errorf(format, arguments...) }

// topics are pages of help without a command: they have no Run, so that the help lists them apart.
func (a *app) topics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "environment", Short: "Settings, and where they come from", Long: a.environmentTopic()},
		{Use: "exit-codes", Short: "What the exit codes mean", Long: exitCodesTopic},
		{Use: "challenge-format", Short: "What a challenge package looks like", Long: challengeTopic},
		{Use: "candidate-file", Short: "takehome.yaml, with which a candidate says what is unusual", Long: candidateTopic},
	}
}

func (a *app) environmentTopic() string {
	var text strings.Builder
	text.WriteString("A setting comes from its flag, from its variable, from the settings file, or is the default;\nthe first that is there wins. A file in the current folder is never read: it may be a candidate's.\n\n")
	for _, setting := range config.List() {
		fallback := setting.Default
		switch {
		case setting.Name == "state-dir" && a.process.CacheDir != "":
			fallback = filepath.Join(a.process.CacheDir, "takehome")
		case fallback == "":
			fallback = "none"
		}
		fmt.Fprintf(&text, "  --%-22s %s\n  %-24s %s; %s (default: %s)\n", setting.Name, setting.Variable, "", setting.Usage, setting.Allowed, fallback)
	}
	return text.String()
}

const exitCodesTopic = `  0    graded, whatever the score
  1    graded, and below --fail-under; a challenge that does not verify; or a check that failed
       in takehome check
  2    wrong call, settings that cannot be used, a faulty challenge, or no Docker engine
  3    inconclusive: a fault that is not the candidate's; there is no score, grade it again
  4    refused: policy does not let the submission in
  130  interrupted`

const challengeTopic = `A challenge package is a folder:

  challenge.yaml   id, version, title, kind, duration, deliverables, rubric, files of checks
  brief.md         what a candidate gets
  api.yaml         kind rest-api: nouns, fields and their usual names, policies
  query.yaml       kind query: the slow query, its parameters, a reference, the data
  kind/            not in the folder: files that the kind brings and a package may name, such
                   as rubric: kind/rubric.yaml, or kind/work.yaml among its checks
  checks/*.yaml    groups of checks, in the order in which they run
  starter/         with starter in challenge.yaml: what takehome init hands out
  submissions/     reference, alternatives and mutants with expect.yaml each

A check performs steps and climbs down its outcomes; the first whose conditions hold
gives the credit:

  - id: B01                        letter of its group, two digits
    title: Creating answers 201    what is wanted, one sentence
    weight: 3                      points
    basis: brief                   brief, must, should, guide, sec, ops
    source: RFC 9110 9.3.3
    operation: create              losses by the same fault of one operation count twice at most
    needs: [A01]                   without these it cannot be observed
    visibility: public             to candidates: public whole, hinted without its requests, hidden not at all
    skill: API design              what it shows; the criterion's where it is left out
    questions: [{ask: Why 201?}]   for the interview; when: lost (default), passed, always; listen_for
    once: true                     not run again when it lost credit, because it cannot be done twice
    flaky: worse                   which of two different outcomes counts; better is the default
    given: {item: {text: "${canary}"}}   items that are made first
    cases: [12, true]              steps and outcomes run once for each ${case}
    steps:
      - http: {op: create, set: {text: "${canary}"}}
    outcomes:
      - {credit: 1, if: {status: 201, item: {id: present}}}
      - {credit: 0.6, if: {status: 200}, note: "200 where 201 is meant"}

Steps: http, raw, sql, canary, app, db, poll, parallel, probe, set.
Conditions: at, status, media, header, body, json, utf8, fault, item, list, same_as,
distinct, seen, rows, bound, unbound, documented, any_of, not.
Variables: ${canary} ${canary2} … are texts of their own, ${token} a random word, ${case},
${n} in repeated requests, ${long} a text of ${case} characters, and what steps save.

A query.yaml:

  dataset: shop                    or a folder: schema.sql makes tables, <scale>.sql fills each database
  scales: [shop_1, shop_2, …]      prepared databases, each twice as large as the one before
  query: given.sql                 the slow query; its parameters are $1, $2 …
  unlimited: given_all.sql         the same without LIMIT, where order leaves ties
  parameters: {types: [date], sets: [{name: common, values: ["2024-05-01"]}, …]}   at least three
  order: [{column: total, descending: true}]   what the brief promises
  reference: {query: reference/query.sql, indexes: reference/indexes.sql}
  big_tables: [order_lines]        a sequential scan of these costs, unless the reference has it too
  tiny: {tables: {t: {rows: [0, 6], columns: {c: {values: [a, b], null_percent: 15}}}}, parameters: […]}
  writes: writes.sql               a batch that is run before and after the candidate's DDL
  budget: {storage_percent: 40, write_factor: 2}
  allow: [index, extended_statistics]   also statistics_target, extension, drop_index
  rewrite: false                   only indexes may help; left out: true

takehome challenge lint <folder> proves the package, takehome challenge verify grades
its submissions.`

const candidateTopic = `A file takehome.yaml at the root of a submission says what is unusual. Everything in it
is optional; what it does not say is found out.

  takehome: 1
  challenge: todo-api             for takehome check
  start:
    folder: backend               part of a mono-repository
    dockerfile: Dockerfile
    command: [node, server.js]
    port: 3000                    or port_env: APP_PORT
    db_env: DATABASE_URL
    env: {LOG_LEVEL: debug}       values may use {host} {port} {database} {user} {password} {listen}
    migrate: npm run migrate      or null, or {files: [db/schema.sql]}
    ready: /health
  todo:
    collection: /api/v1/tasks
    item: /api/v1/tasks/{id}
    id: /data/id                  JSON Pointers into replies
    list: /data/items
    write: {text: /title, done: /status, note: /description}
    read: {text: /data/title, done: /data/status}
    done_values: {no: open, yes: closed}
    create_extra: {priority: low} constants that creating needs
    replace: {method: PUT}
    patch: {method: PATCH, media: application/merge-patch+json}
    paging: {size: limit, page: page, base: 1}
    policies: [soft_delete]
  auth:                           only if the API wants credentials and gives them in an unusual way
    kind: bearer                  or cookie, api_key, basic
    register: {path: /members, body: {mail: "{email}", secret: "{password}"}}
    login: {path: /members/session, form: true, body: {mail: "{email}", secret: "{password}"}}
    token: /data/ticket           JSON Pointer into the reply to login, or to register
    header: X-Ticket              that carries it
    scheme: Ticket                word before it
    value: demo-key               a credential that exists from the start`
