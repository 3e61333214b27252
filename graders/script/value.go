package script

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// reference is ${name}, or ${name.field} into a case.
var reference = regexp.MustCompile(`\$\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\}`)

// missingError says which variable has no value: an earlier reply did not hold it.
type missingError struct{ name string }

func (e missingError) Error() string { return "no value for ${" + e.name + "}" }

// expand replaces references in every text of a value. A text that is nothing but one
// reference becomes the referenced value with its type.
func (r *run) expand(value any) (any, error) {
	switch v := value.(type) {
	case string:
		if whole := reference.FindString(v); whole == v && v != "" {
			return r.lookup(v[2 : len(v)-1])
		}
		return r.text(v)
	case map[string]any:
		expanded := make(map[string]any, len(v))
		for _, key := range sortedKeys(v) {
			inner, err := r.expand(v[key])
			if err != nil {
				return nil, err
			}
			expanded[key] = inner
		}
		return expanded, nil
	case []any:
		expanded := make([]any, len(v))
		for i := range v {
			inner, err := r.expand(v[i])
			if err != nil {
				return nil, err
			}
			expanded[i] = inner
		}
		return expanded, nil
	default:
		return value, nil
	}
}

// text replaces references inside a text.
func (r *run) text(text string) (string, error) {
	var missing error
	replaced := reference.ReplaceAllStringFunc(text, func(match string) string {
		value, err := r.lookup(match[2 : len(match)-1])
		if err != nil {
			missing = err
			return ""
		}
		if word, ok := value.(string); ok {
			return word
		}
		return Show(value)
	})
	return replaced, missing
}

func (r *run) lookup(name string) (any, error) {
	head, rest, nested := strings.Cut(name, ".")
	value, ok := r.variables[head]
	if !ok {
		value, ok = r.builtIn(head)
	}
	if !ok {
		return nil, missingError{name}
	}
	if !nested {
		return value, nil
	}
	inner, ok := At(value, "/"+strings.ReplaceAll(rest, ".", "/"))
	if !ok {
		return nil, missingError{name}
	}
	return inner, nil
}

// builtIn makes the values that every check has: ${canary}, ${canary2}, … are texts of
// their own, ${token} is a random word, ${long} a text of as many characters as ${case} says.
func (r *run) builtIn(name string) (any, bool) {
	switch {
	case canaryName.MatchString(name):
		return r.canary(name), true
	case name == "token":
		return Token(Random(r.Seed, r.purpose("token"))), true
	case name == "long":
		length, ok := number(r.variables["case"])
		if !ok || !length.IsInt() || length.Num().Int64() > maxLongText {
			return nil, false
		}
		text := r.canary("long") + " "
		missing := int(length.Num().Int64()) - len(text)
		r.variables["long"] = text + strings.Repeat("x", max(missing, 0))
		return r.variables["long"], true
	}
	return nil, false
}

// maxLongText bounds ${long}.
const maxLongText = 1 << 20

var canaryName = regexp.MustCompile(`^canary[0-9]*$`)

// Random makes the random numbers of one purpose of a run: the same seed and purpose
// give the same numbers, whatever else the run does.
func Random(seed, purpose string) *rand.Rand {
	sum := sha256.Sum256([]byte(seed + "\x00" + purpose))
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))) //nolint:gosec // reproducible from the report on purpose
}

// purpose names random numbers of this check. A second try has its own, so that nothing
// the first one left behind can be taken for its answer.
func (r *run) purpose(name string) string {
	if r.try > 1 {
		name += "/again"
	}
	return r.check.ID + "/" + name
}

// Canary makes a text that looks like a person's and is unique: it finds its field in
// a reply and its column in the database, and no program can know it beforehand.
func Canary(random *rand.Rand) string {
	verbs := []string{"Call", "Write to", "Visit", "Thank", "Ask", "Meet", "Remind", "Invite"}
	names := []string{"Anna", "Omar", "Chen", "Lucia", "Pavel", "Amina", "Jonas", "Priya"}
	return fmt.Sprintf("%s %s about %s", verbs[random.IntN(len(verbs))], names[random.IntN(len(names))], Token(random))
}

// Token is a random word of twelve letters and digits that starts with a letter.
func Token(random *rand.Rand) string {
	const letters, all = "bcdfghjkmnpqrstvwxyz", "bcdfghjkmnpqrstvwxyz23456789"
	token := []byte{letters[random.IntN(len(letters))]}
	for len(token) < 12 {
		token = append(token, all[random.IntN(len(all))])
	}
	return string(token)
}

func (r *run) canary(name string) string {
	text := Canary(Random(r.Seed, r.purpose(fmt.Sprintf("%d/%s", r.caseNumber, name))))
	r.variables[name] = text
	return text
}
