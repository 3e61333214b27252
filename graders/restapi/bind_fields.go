package restapi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// findFields looks for the other fields in the representation of the item.
func (b *binder) findFields(context.Context) error {
	taken := map[string]bool{b.fields[b.resource.main().Meaning].read: true}
	for _, words := range b.resource.Fields[1:] {
		f, ok := b.declaredField(words)
		if !ok {
			f, ok = b.fieldIn(words, taken)
		}
		if !ok {
			continue
		}
		taken[f.read] = true
		b.fields[words.Meaning] = f
		b.note("field "+words.Meaning, strings.TrimPrefix(f.read, "/"), "name and value in the representation", 80)
	}
	return nil
}

func (b *binder) declaredField(words FieldWords) (field, bool) {
	if b.declared == nil || b.declared.Write[words.Meaning] == "" {
		return field{}, false
	}
	f := field{kind: words.Kind, write: b.declared.Write[words.Meaning], no: false, yes: true}
	f.read = f.write
	if read := b.declared.Read[words.Meaning]; read != "" {
		f.read = read
		for _, object := range b.objects {
			if inner, ok := strings.CutPrefix(read, object); ok && object != "" {
				f.read = inner
			}
		}
	}
	if words.Kind == kindFlag && b.declared.DoneValues.Yes != nil {
		f.no, f.yes = b.declared.DoneValues.No, b.declared.DoneValues.Yes
	}
	return f, true
}

// fieldIn finds a field by its usual names, where its value is of the right kind.
func (b *binder) fieldIn(words FieldWords, taken map[string]bool) (field, bool) {
	for _, name := range words.Names {
		for _, key := range sortedKeys(b.item) {
			pointer := script.Pointer(key)
			if !strings.EqualFold(key, name) || taken[pointer] {
				continue
			}
			f := field{kind: words.Kind, write: b.enclosed(pointer), read: pointer}
			if f.suits(b.item[key], words) {
				return f, true
			}
		}
	}
	return field{}, false
}

// suits checks the kind of a value and takes what the value tells.
func (f *field) suits(value any, words FieldWords) bool {
	text, isText := value.(string)
	switch words.Kind {
	case kindText:
		return isText || value == nil
	case kindDate:
		return value == nil || isText
	case kindChoice:
		if isText {
			f.value = text
		}
		return isText || value == nil
	case kindFlag:
		switch {
		case value == false || value == true:
			f.no, f.yes = false, true
			return true
		case isText:
			f.no = text
			return slices.ContainsFunc(words.No, func(no string) bool { return strings.EqualFold(no, text) })
		case script.Equal(value, json.Number("0")):
			f.no, f.yes = json.Number("0"), json.Number("1")
			return true
		}
	}
	return false
}

// findFlag finds how a flag that is kept as a word is set, or a flag that the
// representation does not show until it is set.
func (b *binder) findFlag(ctx context.Context) error {
	for _, words := range b.resource.Fields {
		if words.Kind != kindFlag {
			continue
		}
		f, known := b.fields[words.Meaning]
		if known && f.yes != nil {
			continue
		}
		update, ok := b.routes[script.Patch]
		if !ok || b.byAction {
			update, ok = b.routes[script.Replace]
		}
		if !ok || b.item == nil {
			continue
		}
		if !known {
			read := script.Pointer(b.names(words)[0])
			f = field{kind: kindFlag, write: b.enclosed(read), read: read, no: false, yes: true}
			words.Yes = []string{""}
		}
		if err := b.tryFlag(ctx, words, f, update, known); err != nil {
			return err
		}
	}
	return nil
}

func (b *binder) tryFlag(ctx context.Context, words FieldWords, f field, update route, isWord bool) error {
	for _, yes := range b.yesValues(words, f)[:min(len(words.Yes), 5)] {
		value := any(yes)
		if !isWord {
			value = true
		}
		body := b.body(script.Intent{Op: script.Replace, Item: b.asItem()})
		setPointer(body, f.write, value)
		reply, err := b.send(ctx, update.method, strings.ReplaceAll(update.path, "{id}", b.sample), body)
		if err != nil {
			return err
		}
		if match := oneOfInError.FindStringSubmatch(string(reply.Body)); match != nil && !reply.Success() {
			words.Yes = append([]string{}, words.Yes...)
		}
		if !reply.Success() {
			continue
		}
		after, err := b.send(ctx, http.MethodGet, b.Address(b.sample), nil)
		if err != nil {
			return err
		}
		object, ok := b.object(after)
		if got, has := script.At(object, f.read); ok && has && script.Equal(got, value) {
			if isWord {
				f.yes = yes
			}
			b.fields[words.Meaning] = f
			b.note("field "+words.Meaning, strings.TrimPrefix(f.write, "/")+": "+script.Show(f.no)+" / "+script.Show(f.yes), "was set and read back", 95)
			return nil
		}
	}
	if isWord {
		delete(b.fields, words.Meaning)
	}
	return nil
}

// yesValues orders the words for "done": those that occur in the repository come first.
func (b *binder) yesValues(words FieldWords, f field) []string {
	no, _ := f.no.(string)
	upper := no != "" && no == strings.ToUpper(no)
	var occurring, others []string
	for _, documented := range b.contract.values(words.Names, b.collection) {
		if slices.ContainsFunc(words.Yes, func(yes string) bool { return strings.EqualFold(yes, documented) }) {
			occurring = append(occurring, documented)
		}
	}
	for _, yes := range words.Yes {
		spelled := yes
		if upper {
			spelled = strings.ToUpper(yes)
		}
		if b.clues.words[strings.ToLower(yes)] {
			occurring = append(occurring, spelled)
		} else {
			others = append(others, spelled)
		}
	}
	return append(occurring, others...)
}

func (b *binder) asItem() script.Item {
	item, _ := b.read(b.item)
	return item
}

// object finds the representation in a reply.
func (b *binder) object(reply *script.Exchange) (map[string]any, bool) {
	item, ok := b.Item(reply)
	return item.Body, ok
}

// findChoices makes an item with every field that was found, to learn which of them
// can be written and what a valid value looks like.
func (b *binder) findChoices(ctx context.Context) error {
	at, ok := b.routes[script.Create]
	if !ok || b.created == nil {
		return nil
	}
	for range 4 {
		body := b.fullBody()
		if len(body) <= 1+len(b.extra) {
			return nil
		}
		reply, err := b.send(ctx, at.method, at.path, body)
		if err != nil {
			return err
		}
		if reply.Success() {
			b.confirmFields(reply)
			return nil
		}
		if !b.dropRefused(reply) {
			break
		}
	}
	for _, words := range b.resource.Fields[1:] {
		if words.Kind != kindFlag {
			delete(b.fields, words.Meaning)
			b.note("field "+words.Meaning, "none", "in the representation, but creating with it is refused", 60)
		}
	}
	return nil
}

// fullBody holds every field that can be set when creating; flags are left to updates.
func (b *binder) fullBody() map[string]any {
	intent := script.Intent{Op: script.Create, Set: map[string]any{b.resource.main().Meaning: b.newText()}}
	for _, words := range b.resource.Fields[1:] {
		f, ok := b.fields[words.Meaning]
		if !ok {
			continue
		}
		switch words.Kind {
		case kindText:
			intent.Set[words.Meaning] = b.newText()
		case kindDate:
			if f.value == nil {
				f.value = dateExample
			}
			intent.Set[words.Meaning] = f.value
		case kindChoice:
			if f.value == nil {
				f.value = append(b.contract.values(words.Names, b.collection), words.Values...)[0]
			}
			intent.Set[words.Meaning] = f.value
		}
		b.fields[words.Meaning] = f
	}
	return b.body(intent)
}

func (b *binder) confirmFields(reply *script.Exchange) {
	for _, words := range b.resource.Fields[1:] {
		if f, ok := b.fields[words.Meaning]; ok && words.Kind != kindFlag {
			b.note("field "+words.Meaning, strings.TrimPrefix(f.write, "/"), "accepted when creating", 95)
		}
	}
	if item, ok := b.Item(reply); ok && item.ID != "" {
		b.lastMade = item.ID
	}
}

// dropRefused changes or gives up the field that a refusal names.
func (b *binder) dropRefused(reply *script.Exchange) bool {
	text := strings.ToLower(string(reply.Body))
	for _, words := range b.resource.Fields[1:] {
		f, ok := b.fields[words.Meaning]
		if !ok || words.Kind == kindFlag || !strings.Contains(text, strings.ToLower(b.FieldName(words.Meaning))) {
			continue
		}
		match := oneOfInError.FindStringSubmatch(string(reply.Body))
		switch {
		case words.Kind == kindDate && f.value == dateExample:
			f.value = stampExample
		case words.Kind == kindChoice && match != nil && f.value != match[1]:
			f.value = match[1]
		default:
			delete(b.fields, words.Meaning)
			b.note("field "+words.Meaning, "none", "in the representation, but it cannot be set", 70)
			return true
		}
		b.fields[words.Meaning] = f
		return true
	}
	return false
}
