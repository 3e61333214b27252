package rows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
)

// choice is one way to fill a column.
type choice struct {
	kind  choiceKind
	value func(n int) string // for choiceValue: the n-th distinct value, or always the same
	wide  bool               // another n gives another value
}

type choiceKind int

const (
	choiceValue choiceKind = iota
	choiceLeave            // not named in the INSERT: a default, an identity or a generated column
	choiceNull
	choiceParent // the key of a row of another table
)

func fixed(texts ...string) []choice {
	var choices []choice
	for _, text := range texts {
		choices = append(choices, choice{value: func(int) string { return text }})
	}
	return choices
}

func counted(format string) choice {
	return choice{wide: true, value: func(n int) string { return fmt.Sprintf(format, n) }}
}

// leave and null are ways that need no value.
func leave() choice { return choice{kind: choiceLeave} }
func null() choice  { return choice{kind: choiceNull} }

// choices lists how a column that refers to nothing may be filled, likeliest first.
func (p *plan) choices(column live.Column, enums []live.Enum) []choice {
	if column.Generated {
		return []choice{leave()}
	}
	found := p.mined[column.Name]
	values := p.values(column, enums, found)
	var choices []choice
	switch {
	case column.Identity || column.Default != "" && !isStock(column):
		choices = append(choices, leave())
	case !column.NotNull && (leftEmpty(column) || len(values) == 0):
		choices = append(choices, null())
	}
	choices = append(choices, values...)
	if !column.NotNull {
		at := len(choices)
		if found.nullness {
			at = min(1, at)
		}
		if !slices.ContainsFunc(choices, func(c choice) bool { return c.kind == choiceNull }) {
			choices = slices.Insert(choices, at, null())
		}
	}
	if column.Default != "" && isStock(column) {
		choices = append(choices, leave())
	}
	return choices
}

// values lists values for a column by its type, its name and the texts of its constraints.
func (p *plan) values(column live.Column, enums []live.Enum, found mined) []choice {
	unique := p.unique[column.Name]
	base, array := strings.CutPrefix(column.Base, "_")
	if array {
		return arrays(base, enums, found)
	}
	if column.Enum != nil {
		for _, enum := range enums {
			if enum.Name == *column.Enum {
				return fixed(enum.Labels...)
			}
		}
	}
	switch {
	case column.Category == "N" && base != "money":
		return fitting(column, numbers(column, unique, found))
	case column.Category == "S", base == "ltree":
		return fitting(column, texts(column, unique, found))
	case column.Category == "B":
		if negativeFlag(column) {
			return fixed("false", "true")
		}
		return fixed("true", "false")
	case column.Category == "D":
		return moments(base, unique, found)
	}
	if base == "bit" && column.Modifier > 0 {
		return fixed(strings.Repeat("1", min(column.Modifier, 4096)))
	}
	if values, known := others[base]; known {
		return append(fixed(found.texts...), values()...)
	}
	return append(fixed(found.texts...), fixed("1", "{}", "a", "")...)
}

func arrays(base string, enums []live.Enum, found mined) []choice {
	choices := fixed("{}")
	for _, enum := range enums {
		if enum.Name.Name == base && len(enum.Labels) > 0 {
			choices = append(choices, fixed("{"+strconv.Quote(enum.Labels[0])+"}")...)
		}
	}
	for _, text := range found.texts {
		choices = append(choices, fixed("{"+strconv.Quote(text)+"}")...)
	}
	return append(choices, fixed("{a}", "{1}", "{2024-06-15}", `{"{}"}`)...)
}

// others are the values of types that are rarely used.
var others = map[string]func() []choice{
	"uuid": func() []choice {
		return []choice{{wide: true, value: func(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", n) }}}
	},
	"json":  func() []choice { return fixed("{}", "[]", `{"a": 1}`, "1") },
	"jsonb": func() []choice { return fixed("{}", "[]", `{"a": 1}`, "1") },
	"money": func() []choice { return fixed("10.00", "1.00", "0.00") },
	"bytea": func() []choice { return fixed(`\x00`, `\x`) },
	"inet":  func() []choice { return fixed("192.0.2.1") },
	"cidr":  func() []choice { return fixed("192.0.2.0/24") },
	"bit":   func() []choice { return fixed("1", "0") }, "varbit": func() []choice { return fixed("1", "0") },
	"interval": func() []choice { return fixed("1 day", "1 hour", "0") },
	"tsvector": func() []choice { return fixed("a") }, "hstore": func() []choice { return fixed("") },
	"int4range": func() []choice { return []choice{counted("[%[1]d,%[1]d]")} }, "int8range": func() []choice { return []choice{counted("[%[1]d,%[1]d]")} },
	"numrange": func() []choice { return []choice{counted("[%[1]d,%[1]d]")} }, "daterange": func() []choice { return []choice{{wide: true, value: days}} },
	"tsrange": func() []choice { return []choice{{wide: true, value: days}} }, "tstzrange": func() []choice { return []choice{{wide: true, value: days}} },
	"point": func() []choice { return fixed("(0,0)") }, "xml": func() []choice { return fixed("<a/>") },
	"macaddr": func() []choice { return fixed("08:00:2b:01:02:03") },
}

func days(n int) string { return fmt.Sprintf("[%d-06-01,%d-06-02)", 2024+n, 2024+n) }

func numbers(column live.Column, unique bool, found mined) []choice {
	var choices []choice
	if unique {
		choices = append(choices, counted("%d"), choice{wide: true, value: func(n int) string { return strconv.Itoa(1_000_000 + n) }})
	}
	first := "1"
	switch {
	case isStock(column):
		first = "1000" // a rule may want enough of everything
	case named(column, "price", "precio", "preis", "prix", "cost", "amount", "total", "subtotal"):
		first = "10"
	}
	choices = append(choices, fixed(first)...)
	for _, text := range append([]string{"1", "2", "5", "10", "100", "0", "1000"}, append(around(found.numbers), "-1", "0.5", "50", "2024")...) {
		if text != first {
			choices = append(choices, fixed(text)...)
		}
	}
	return choices
}

// around are mined numbers and their neighbours, on both sides of a bound.
func around(numbers []string) []string {
	var texts []string
	for _, number := range numbers {
		texts = append(texts, number)
		if value, err := strconv.ParseInt(number, 10, 64); err == nil {
			texts = append(texts, strconv.FormatInt(value+1, 10), strconv.FormatInt(value-1, 10))
		}
	}
	return texts
}

func moments(base string, unique bool, found mined) []choice {
	if base == "time" || base == "timetz" {
		return fixed("12:00:00", "13:00:00", "00:00:00")
	}
	var choices []choice
	if unique {
		choices = append(choices, choice{wide: true, value: func(n int) string { return fmt.Sprintf("%d-06-15", 2024+n%900) }})
	}
	choices = append(choices, fixed("2024-06-15", "2024-06-16", "2035-01-01", "2000-01-01")...)
	for _, text := range found.texts {
		if len(text) >= 10 && text[4:5] == "-" {
			choices = append(choices, fixed(text)...)
		}
	}
	return append(choices, choice{value: func(int) string { return "now" }}, choice{value: func(int) string { return "tomorrow" }},
		choice{value: func(int) string { return "yesterday" }})
}

func texts(column live.Column, unique bool, found mined) []choice {
	var choices []choice
	add := func(each ...choice) { choices = append(choices, each...) }
	for _, pattern := range found.patterns {
		for _, generous := range []bool{false, true} {
			add(choice{wide: true, value: func(n int) string { return sample(pattern, n, generous) }})
		}
	}
	named := byName(column)
	if len(found.patterns) > 0 {
		choices = append(slices.Clone(named), choices...) // a name is often enough, and says more
	} else {
		add(named...)
	}
	for _, text := range found.likes {
		add(choice{wide: true, value: func(n int) string { return like(text, n) }})
	}
	mined := fixed(found.texts...)
	if len(named) == 0 && !unique {
		choices = append(mined, choices...) // a closed list
	} else {
		add(mined...)
	}
	if unique {
		add(counted("name %d"), counted("n%d"), counted("%d"), counted("N%03d"))
	} else {
		add(counted("name %d"))
	}
	add(fixed("abc", "ABC", "a", "A", "1", "12345", "active", "", "1234567890", "aB3$aB3$aB3$", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789",
		"https://example.com/a", "user@example.com", "2024-06-15", "00000000-0000-4000-8000-000000000001", "{}")...)
	return choices
}

// fitting drops values that the length or the precision of a column cannot hold.
func fitting(column live.Column, choices []choice) []choice {
	if column.Modifier < 4 {
		return choices
	}
	modifier := column.Modifier - 4
	fits := slices.DeleteFunc(slices.Clone(choices), func(c choice) bool {
		text := c.value(1)
		switch column.Base {
		case "varchar", "bpchar":
			return len([]rune(text)) > modifier
		case "numeric":
			whole, _, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
			return len(whole) > max(modifier>>16&0xffff-modifier&0x7ff, 1)
		}
		return false
	})
	if column.Base == "bpchar" {
		// A fixed length is meant to be filled.
		slices.SortStableFunc(fits, func(a, b choice) int {
			return len([]rune(b.value(1))) - len([]rune(a.value(1)))
		})
		fits = append(fits, choice{wide: true, value: func(n int) string { return padded(n, modifier) }})
	}
	if len(fits) == 0 {
		return []choice{{wide: true, value: func(n int) string { return padded(n, modifier) }}}
	}
	return fits
}

// padded is n in letters, in a text of this length.
func padded(n, length int) string {
	text := make([]byte, min(max(length, 1), 200))
	for i := range text {
		text[len(text)-1-i] = byte('A' + n%26)
		n /= 26
	}
	return string(text)
}

// valueOf is what a choice sends.
func (c choice) send(n int) database.Value {
	if c.kind == choiceNull {
		return Null()
	}
	return Text(c.value(n))
}
