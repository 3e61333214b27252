package openapi

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// target returns the reference of an object, if it is one.
func target(node any) (string, bool) {
	object, _ := node.(map[string]any)
	ref, ok := object["$ref"].(string)
	return ref, ok
}

// resolve follows references within the document. It reports false where one leads
// outside, nowhere, or in a circle.
func (d *Document) resolve(node any) (any, bool) {
	for range maxHops {
		ref, ok := target(node)
		if !ok {
			return node, true
		}
		if node, ok = d.lookup(ref); !ok {
			return nil, false
		}
	}
	return nil, false
}

// lookup finds the place that a local reference names (RFC 6901 in a fragment).
func (d *Document) lookup(ref string) (any, bool) {
	fragment, local := strings.CutPrefix(ref, "#")
	if !local || len(ref) > 500 {
		return nil, false
	}
	if unescaped, err := url.PathUnescape(fragment); err == nil {
		fragment = unescaped
	}
	var at any = d.root
	if fragment == "" || fragment == "/" {
		return nil, false // the whole document is no part of itself
	}
	for segment := range strings.SplitSeq(strings.TrimPrefix(fragment, "/"), "/") {
		segment = strings.ReplaceAll(strings.ReplaceAll(segment, "~1", "/"), "~0", "~")
		switch inner := at.(type) {
		case map[string]any:
			var ok bool
			if at, ok = inner[segment]; !ok {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(segment)
			if err != nil || i < 0 || i >= len(inner) {
				return nil, false
			}
			at = inner[i]
		default:
			return nil, false
		}
	}
	return at, true
}

// outsideRefs lists the references that leave the document.
func outsideRefs(node any, into map[string]bool) {
	switch v := node.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && !strings.HasPrefix(ref, "#") {
			into[ref] = true
		}
		for _, inner := range v {
			outsideRefs(inner, into)
		}
	case []any:
		for _, inner := range v {
			outsideRefs(inner, into)
		}
	}
}

var errTangled = errors.New("its references are too tangled to be followed")

// tangled walks the document as a validator does that follows every reference and knows
// only its own way back, and gives up where that is more than can be afforded.
func (d *Document) tangled() error {
	visits := 0
	open := map[string]bool{}
	var walk func(node any) error
	walk = func(node any) error {
		if visits++; visits > maxVisits || len(open) > maxLevels {
			return errTangled
		}
		if ref, ok := target(node); ok {
			if open[ref] {
				return nil
			}
			inner, found := d.lookup(ref)
			if !found {
				return nil
			}
			open[ref] = true
			err := walk(inner)
			delete(open, ref)
			return err
		}
		switch v := node.(type) {
		case map[string]any:
			for _, inner := range v {
				if err := walk(inner); err != nil {
					return err
				}
			}
		case []any:
			for _, inner := range v {
				if err := walk(inner); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return walk(d.root)
}
