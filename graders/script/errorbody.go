package script

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CarriesError reads a body for the usual signs of an error.
func (e *Exchange) CarriesError() bool {
	value, err := e.JSON()
	if err != nil {
		return strings.HasPrefix(strings.ToLower(strings.TrimSpace(string(e.Body))), "error")
	}
	if text, ok := value.(string); ok {
		return strings.HasPrefix(strings.ToLower(text), "error")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return false
	}
	for _, name := range []string{"success", "ok"} {
		if object[name] == false {
			return true
		}
	}
	for _, name := range []string{"error", "errors"} {
		switch inner := object[name].(type) {
		case string:
			return inner != ""
		case []any:
			return len(inner) > 0
		case map[string]any:
			return len(inner) > 0
		case bool:
			return inner
		}
	}
	if status, ok := object["status"].(string); ok && strings.EqualFold(status, "error") {
		return true
	}
	code, stated := StatedStatus(object)
	return stated && code >= 400
}

// Names reports whether a body mentions a field as a word of its own: in a text, or as
// the name of a member. The members of a problem document (RFC 9457 3.1) are not names of
// fields, although one of them is called title, as many a todo's field is.
func (e *Exchange) Names(field string) bool {
	value, err := e.JSON()
	if err != nil {
		return hasWord(string(e.Body), field)
	}
	return names(value, field)
}

func names(value any, field string) bool {
	switch v := value.(type) {
	case string:
		return hasWord(v, field)
	case []any:
		return slices.ContainsFunc(v, func(element any) bool { return names(element, field) })
	case map[string]any:
		members := []string{"type", "title", "status", "detail", "instance"}
		_, typed := v["type"]
		_, stated := v["status"]
		problem := typed || stated
		for name, member := range v {
			if hasWord(name, field) && (!problem || !slices.Contains(members, name)) || names(member, field) {
				return true
			}
		}
	}
	return false
}

// hasWord finds a word in a text, in any case. CreateTodoRequest.Title, todo_title and
// titleRequired mention title; subtitles does not.
func hasWord(text, word string) bool {
	folded, wanted := foldASCII(text), foldASCII(word)
	for from := 0; wanted != ""; {
		at := strings.Index(folded[from:], wanted)
		if at < 0 {
			return false
		}
		start, end := from+at, from+at+len(wanted)
		if wordBreak(text, start) && wordBreak(text, end) {
			return true
		}
		from = end
	}
	return false
}

// wordBreak reports whether a word may begin or end at a place: beside what is neither
// letter nor digit, or where camel case steps up.
func wordBreak(text string, at int) bool {
	before, size := utf8.DecodeLastRuneInString(text[:at])
	after, width := utf8.DecodeRuneInString(text[at:])
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return size == 0 || width == 0 || !inWord(before) || !inWord(after) || unicode.IsLower(before) && unicode.IsUpper(after)
}

// foldASCII makes capitals small and keeps every byte in its place.
func foldASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, text)
}

// StatedStatus reads a status that a body repeats (RFC 9457 3.1.2).
func StatedStatus(object map[string]any) (int, bool) {
	inner, _ := object["error"].(map[string]any)
	for _, at := range []map[string]any{object, inner} {
		for _, name := range []string{"status", "statusCode", "status_code", "code"} {
			number, ok := at[name].(json.Number)
			if !ok {
				continue
			}
			if code, err := strconv.Atoi(number.String()); err == nil && code >= 100 && code <= 599 {
				return code, true
			}
		}
	}
	return 0, false
}
