package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func itoa(n int) string { return strconv.Itoa(n) }

var (
	errLarge = errors.New("the document is larger than 2 MiB")
	errDeep  = errors.New("the document is nested too deeply")
	errMany  = errors.New("the document holds too many values")
	errKind  = errors.New("the document is no object")
)

// decode reads JSON or YAML into values of JSON: objects are map[string]any, numbers json.Number.
func decode(data []byte) (map[string]any, error) {
	if len(data) > MaxDocument {
		return nil, errLarge
	}
	data = bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\xEF\xBB\xBF"))
	var value any
	if len(data) > 0 && data[0] == '{' {
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil {
			return nil, fmt.Errorf("read JSON: %w", err)
		}
	} else if err := decodeYAML(data, &value); err != nil {
		return nil, err
	}
	nodes := 0
	plain, err := plainValue(value, 0, &nodes)
	if err != nil {
		return nil, err
	}
	root, ok := plain.(map[string]any)
	if !ok {
		return nil, errKind
	}
	return root, nil
}

// decodeYAML reads the first document of YAML. A panic of the reader is a document that cannot be read.
func decodeYAML(data []byte, into *any) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("read YAML: %v", cause)
		}
	}()
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read YAML: %w", err)
	}
	return nil
}

// plainValue copies a value, counting what aliases repeat.
func plainValue(value any, depth int, nodes *int) (any, error) {
	if *nodes++; *nodes > maxNodes {
		return nil, errMany
	}
	if depth > maxDepth {
		return nil, errDeep
	}
	switch v := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, inner := range v {
			plain, err := plainValue(inner, depth+1, nodes)
			if err != nil {
				return nil, err
			}
			object[name] = plain
		}
		return object, nil
	case map[any]any:
		object := make(map[string]any, len(v))
		for name, inner := range v {
			plain, err := plainValue(inner, depth+1, nodes)
			if err != nil {
				return nil, err
			}
			object[plainKey(name)] = plain
		}
		return object, nil
	case []any:
		array := make([]any, len(v))
		for i, inner := range v {
			plain, err := plainValue(inner, depth+1, nodes)
			if err != nil {
				return nil, err
			}
			array[i] = plain
		}
		return array, nil
	default:
		return plainScalar(value), nil
	}
}

// plainKey is the name of a member: YAML reads an unquoted 200 as a number.
func plainKey(name any) string {
	if text, ok := name.(string); ok {
		return text
	}
	switch name.(type) {
	case bool, int, int64, uint64, float64:
		return strings.TrimSpace(fmt.Sprint(name))
	}
	return "?"
}

func plainScalar(value any) any {
	switch v := value.(type) {
	case nil, bool, string, json.Number:
		return v
	case int:
		return json.Number(strconv.Itoa(v))
	case int64:
		return json.Number(strconv.FormatInt(v, 10))
	case uint64:
		return json.Number(strconv.FormatUint(v, 10))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return json.Number(strconv.FormatFloat(v, 'g', -1, 64))
	case time.Time:
		// An unquoted date of an example is meant as text.
		if v.Hour() == 0 && v.Minute() == 0 && v.Second() == 0 {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339)
	}
	return nil
}
