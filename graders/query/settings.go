package query

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// wish is a setting that a submission asks for.
type wish struct {
	name, value string
	line        int
	// reason says why it is not made; "" where it is.
	reason string
	idle   bool // it is so already
}

// settingForm is SET, also for a role or a database.
var settingForm = regexp.MustCompile(`(?i)^(?:ALTER (?:ROLE|USER|DATABASE) \S+ (?:IN DATABASE \S+ )?)?SET (?:SESSION |LOCAL )?([a-z_][a-z0-9_.]*) ?(?:=|\bTO\b) ?(.+)$`)

// permitted are settings that a team may make for a query, each with what is a value of it
// (rubric 4.2). Everything else would move the planner's judgement instead of its knowledge,
// or is the server's.
func permitted() map[string]func(value string) string {
	return map[string]func(string) string{
		"work_mem": func(value string) string {
			if kib, ok := kibibytes(value); !ok || kib < 64 || kib > 64<<10 {
				return "work_mem may be from 64kB to 64MB: every sort of every session can take it"
			}
			return ""
		},
		"random_page_cost": func(value string) string {
			cost, err := takehome.ParseFraction(value)
			if err != nil || cost.Cmp(takehome.Full()) < 0 || cost.Cmp(takehome.Frac(4, 1)) > 0 {
				return "random_page_cost may be from 1 to 4"
			}
			return ""
		},
		"effective_cache_size": func(value string) string {
			if kib, ok := kibibytes(value); !ok || kib > 64<<20 {
				return "effective_cache_size may be at most 64GB"
			}
			return ""
		},
		"plan_cache_mode": func(value string) string {
			if !slices.Contains([]string{"auto", "force_custom_plan", "force_generic_plan"}, value) {
				return "plan_cache_mode is auto, force_custom_plan or force_generic_plan"
			}
			return ""
		},
		"default_statistics_target": func(value string) string {
			if target, err := strconv.Atoi(value); err != nil || target < 1 || target > 1000 {
				return "default_statistics_target may be from 1 to 1000"
			}
			return ""
		},
	}
}

// alreadySo are settings with the values that every measurement has.
func alreadySo() map[string][]string {
	off := []string{"off", "false", "0", "no"}
	return map[string][]string{
		"jit": off, "max_parallel_workers_per_gather": {"0"}, "search_path": {"public", `"$user", public`},
		"client_encoding": {"utf8", "utf-8"}, "timezone": {"utc", "etc/utc"}, "standard_conforming_strings": {"on"},
	}
}

var memory = regexp.MustCompile(`^([0-9]{1,9}) ?(B|kB|MB|GB)?$`)

// kibibytes reads a size as Postgres does; a bare number counts units of the parameter, which
// is kB for work_mem, and blocks for effective_cache_size.
func kibibytes(value string) (int64, bool) {
	match := memory.FindStringSubmatch(value)
	if match == nil {
		return 0, false
	}
	size, err := strconv.ParseInt(match[1], 10, 64)
	if err != nil {
		return 0, false
	}
	switch match[2] {
	case "MB":
		size <<= 10
	case "GB":
		size <<= 20
	}
	return size, true
}

// readWish reads one statement that sets something.
func readWish(text string, line int) wish {
	match := settingForm.FindStringSubmatch(flattened(text))
	if match == nil {
		return wish{name: firstLine(text), line: line, reason: "only SET name = value is understood"}
	}
	made := wish{name: strings.ToLower(match[1]), value: strings.Trim(strings.TrimSpace(match[2]), "'"), line: line}
	if values, known := alreadySo()[made.name]; known && slices.Contains(values, strings.ToLower(made.value)) {
		made.idle = true
		return made
	}
	check, known := permitted()[made.name]
	switch {
	case !known:
		made.reason = "it is not among the settings that may be made for a query"
	default:
		made.reason = check(made.value)
	}
	return made
}

// wishes are the settings of settings.sql, of the head of query.sql, and of indexes.sql.
func (r *grading) wishes(instructions []instruction) []wish {
	var made []wish
	for _, statement := range unwrap(r.delivered.Settings.Statements) {
		made = append(made, readWish(statement.Text, statement.Line))
	}
	for _, statement := range r.delivered.header {
		made = append(made, readWish(statement.Text, statement.Line))
	}
	for _, each := range instructions {
		if each.order == orderSet {
			made = append(made, readWish(each.Text, each.Line))
		}
	}
	return made[:min(len(made), maxStatements)]
}

// granted are the settings that are made.
func granted(wishes []wish) []work.Setting {
	var made []work.Setting
	for _, each := range wishes {
		if each.reason == "" && !each.idle {
			made = append(made, work.Setting{Name: each.name, Value: each.value})
		}
	}
	return made
}

func (w wish) words() string {
	text := takehome.Line(w.name)
	if w.value != "" {
		text += " = " + takehome.Line(w.value)
	}
	if w.reason != "" {
		text = fmt.Sprintf("line %d: %s: %s", w.line, text, w.reason)
	}
	return text
}
