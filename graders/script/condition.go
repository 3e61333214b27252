package script

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// unmet is one thing that is not as a condition wants it.
type unmet struct {
	at *Exchange // nil: not about one exchange
	takehome.Difference
}

func byExchange(all []unmet) map[*Exchange][]takehome.Difference {
	grouped := map[*Exchange][]takehome.Difference{}
	for _, one := range all {
		grouped[one.at] = append(grouped[one.at], one.Difference)
	}
	return grouped
}

// unmetAll lists what keeps a set of conditions from holding; empty means that all hold.
func (r *run) unmetAll(conditions Conditions) []unmet {
	var all []unmet
	for _, condition := range conditions {
		all = append(all, r.unmet(condition)...)
	}
	return all
}

func (r *run) unmet(c Condition) []unmet {
	all := r.unmetFacts(c)
	if c.aboutReplies() {
		exchanges := r.last
		if c.At != "" {
			exchanges = r.named[c.At]
		}
		if len(exchanges) == 0 {
			return append(all, unmet{Difference: takehome.Difference{Where: "step " + c.At, Wanted: "an answer", Got: "the step was not reached"}})
		}
		for _, exchange := range exchanges {
			for _, difference := range r.differences(c, exchange) {
				all = append(all, unmet{exchange, difference})
			}
		}
		all = append(all, r.unmetDistinct(c, exchanges)...)
		all = append(all, r.unmetList(c, exchanges)...)
	}
	if len(c.AnyOf) > 0 && !slices.ContainsFunc(c.AnyOf, func(alternative Conditions) bool { return len(r.unmetAll(alternative)) == 0 }) {
		all = append(all, r.unmetAll(c.AnyOf[0])...)
	}
	if len(c.Not) > 0 && len(r.unmetAll(c.Not)) == 0 {
		all = append(all, unmet{Difference: takehome.Difference{Where: "answer", Wanted: "something else", Got: "what must not be"}})
	}
	return all
}

func (c Condition) aboutReplies() bool {
	return len(c.Status) > 0 || len(c.Media) > 0 || len(c.Header) > 0 || c.Body != "" || len(c.JSON) > 0 ||
		c.UTF8 != nil || len(c.Fault) > 0 || len(c.Item) > 0 || c.List != nil || c.SameAs != nil ||
		c.Distinct != "" || len(c.Rows) > 0
}

// unmetFacts looks at what is not an exchange: the probe's label, the shape, the documents.
func (r *run) unmetFacts(c Condition) []unmet {
	var all []unmet
	differ := func(where, wanted, got string) {
		all = append(all, unmet{Difference: takehome.Difference{Where: where, Wanted: wanted, Got: got}})
	}
	if len(c.Seen) > 0 {
		got := "nothing"
		if r.seen != nil {
			got = r.seen.Label
		}
		if !c.Seen.has(got) {
			differ("observation", strings.Join(c.Seen, " or "), got)
		}
	}
	for _, part := range c.Bound {
		if !r.bound(part) {
			differ("API", part, "has none")
		}
	}
	if len(c.Unbound) > 0 && !slices.ContainsFunc(c.Unbound, func(part string) bool { return !r.bound(part) }) {
		differ("API", "no "+strings.Join(c.Unbound, ", "), "has it")
	}
	if c.Documented != "" && !r.Shape.Documented(c.Documented) {
		differ("documentation", strings.ReplaceAll(c.Documented, "_", " "), "not mentioned")
	}
	return all
}

// bound asks the shape for a part; the part may be ${case}.
func (r *run) bound(part string) bool {
	word, err := r.text(part)
	return err == nil && r.Shape.Bound(word)
}

// differences compares one exchange with every part of a condition.
func (r *run) differences(c Condition, e *Exchange) []takehome.Difference {
	if e.query != nil {
		return rowDifferences(c.Rows, e.query)
	}
	var all []takehome.Difference
	differ := func(where, wanted, got string) {
		all = append(all, takehome.Difference{Where: where, Wanted: takehome.Line(wanted), Got: takehome.Line(got)})
	}
	if len(c.Fault) > 0 && !c.Fault.has(faultName(e.Fault)) {
		differ("answer", strings.Join(c.Fault, " or "), faultName(e.Fault))
	}
	if !e.Answered() && len(c.Fault) == 0 {
		differ("answer", "an HTTP answer", e.Fault.words())
		return all
	}
	if len(c.Status) > 0 && !c.Status.has(e.Status) {
		differ("status", c.Status.String(), statusText(e.Status))
	}
	if len(c.Media) > 0 && !c.mediaHolds(e) {
		differ("media type", strings.Join(c.Media, " or "), e.Media())
	}
	for _, name := range sortedKeys(c.Header) {
		if wanted, got := c.Header[name], e.Header.Get(name); !headerHolds(wanted, got) {
			differ("header "+name, wanted, orNone(got))
		}
	}
	if c.UTF8 != nil && utf8.Valid(e.Body) != *c.UTF8 {
		differ("body", "valid UTF-8", "invalid UTF-8")
	}
	r.differBody(c, e, differ)
	r.differJSON(c, e, differ)
	r.differItem(c, e, differ)
	if c.SameAs != nil {
		r.differSame(*c.SameAs, e, differ)
	}
	return all
}

type differ func(where, wanted, got string)

func faultName(f Fault) string {
	if f == NoFault {
		return "none"
	}
	return string(f)
}

// mediaHolds takes problem details as JSON too (RFC 9457).
func (c Condition) mediaHolds(e *Exchange) bool {
	media := e.Media()
	return c.Media.has(media) || media == "problem" && c.Media.has("json")
}

func headerHolds(wanted, got string) bool {
	switch wanted {
	case "present":
		return got != ""
	case "absent":
		return got == ""
	default:
		return strings.Contains(strings.ToLower(got), strings.ToLower(wanted))
	}
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func (r *run) differBody(c Condition, e *Exchange, differ differ) {
	switch {
	case c.Body == "":
	case c.Body == "empty":
		if len(e.Body) > 0 {
			differ("body", "empty", fmt.Sprintf("%d bytes", len(e.Body)))
		}
	case c.Body == "present":
		if len(e.Body) == 0 {
			differ("body", "some", "empty")
		}
	case strings.HasPrefix(c.Body, "names "):
		field := r.Shape.FieldName(strings.TrimPrefix(c.Body, "names "))
		if !e.Names(field) {
			differ("body", "names the field "+field, "does not name it")
		}
	case strings.HasPrefix(c.Body, "has "):
		text, err := r.text(strings.TrimPrefix(c.Body, "has "))
		if err != nil || !strings.Contains(string(e.Body), text) {
			differ("body", "holds "+text, "does not hold it")
		}
	}
}

// differItem compares the representation in a reply with fields by meaning.
func (r *run) differItem(c Condition, e *Exchange, differ differ) {
	if len(c.Item) == 0 {
		return
	}
	item, ok := r.Shape.Item(e)
	if !ok {
		differ("body", "a representation of the item", "none found")
		return
	}
	r.differFields(c.Item, item, differ)
}

func (r *run) differFields(wanted map[string]any, item Item, differ differ) {
	for _, meaning := range sortedKeys(wanted) {
		if meaning == "id" {
			r.differID(wanted[meaning], item, differ)
			continue
		}
		got, has := item.Fields[meaning]
		want, err := r.expand(wanted[meaning])
		where := Pointer(r.Shape.FieldName(meaning))
		switch {
		case err != nil:
			differ(where, "a value", err.Error())
		case want == "present":
			if !has {
				differ(where, "present", "absent")
			}
		case want == "absent":
			if has {
				differ(where, "absent", Show(got))
			}
		case !has:
			differ(where, Show(want), "absent")
		case !Equal(want, got):
			differ(where, Show(want), Show(got))
		}
	}
}

// differID compares an id with that of a given item ("same" means the item called item).
func (r *run) differID(wanted any, item Item, differ differ) {
	name, _ := wanted.(string)
	if name == "present" {
		if item.ID == "" {
			differ("id", "present", "absent")
		}
		return
	}
	if name == "same" {
		name = "item"
	}
	if want := r.items[name].ID; item.ID != want {
		differ("id", "that of "+name, orNone(item.ID))
	}
}

// unmetList looks at all pages of a list together.
func (r *run) unmetList(c Condition, pages []*Exchange) []unmet {
	if c.List == nil {
		return nil
	}
	var all []unmet
	differ := func(where, wanted, got string) {
		all = append(all, unmet{pages[0], takehome.Difference{Where: where, Wanted: takehome.Line(wanted), Got: takehome.Line(got)}})
	}
	listed := map[string]Item{}
	for _, page := range pages {
		items, ok := r.Shape.Items(page)
		if !ok {
			differ("body", "a list of items", "none found")
			return all
		}
		for _, item := range items {
			listed[item.ID] = item
		}
	}
	if c.List.Empty && len(listed) > 0 {
		differ("list", "empty", fmt.Sprintf("%d items", len(listed)))
	}
	if name := c.List.Lacks; name != "" {
		if _, found := listed[r.items[name].ID]; found {
			differ("list", "without "+name, "still holds it")
		}
	}
	if name := c.List.Has; name != "" {
		item, found := listed[r.items[name].ID]
		if !found {
			differ("list", "holds "+name, "does not hold it")
			return all
		}
		r.differFields(c.List.Where, item, differ)
	}
	return all
}

func (r *run) unmetDistinct(c Condition, exchanges []*Exchange) []unmet {
	if c.Distinct == "" {
		return nil
	}
	ids := map[string]bool{}
	for _, exchange := range exchanges {
		if item, ok := r.Shape.Item(exchange); ok && item.ID != "" {
			ids[item.ID] = true
		}
	}
	if len(ids) == len(exchanges) {
		return nil
	}
	return []unmet{{exchanges[len(exchanges)-1], takehome.Difference{
		Where: "ids", Wanted: fmt.Sprintf("%d different ones", len(exchanges)), Got: itoa(len(ids)),
	}}}
}

func rowDifferences(wanted [][]any, query *takehome.Query) []takehome.Difference {
	if query.SQLState != "" {
		return []takehome.Difference{{Where: "query", Wanted: "rows", Got: "SQLSTATE " + query.SQLState}}
	}
	want := make([][]string, len(wanted))
	for i, row := range wanted {
		for _, cell := range row {
			want[i] = append(want[i], strings.Trim(Show(cell), `"`))
		}
	}
	if slices.EqualFunc(want, query.Rows, slices.Equal) {
		return nil
	}
	return []takehome.Difference{{Where: "rows", Wanted: takehome.Line(Show(want)), Got: takehome.Line(Show(query.Rows))}}
}
