package script

import (
	"encoding/json"
	"strconv"
	"strings"
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
