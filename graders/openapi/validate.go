package openapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

// errOutside is why a reference to another file is not followed.
var errOutside = errors.New("references to other files are not followed")

// lenient lets pass what every tool in use lets pass: members beside $ref, examples and
// defaults that do not fit, patterns of another dialect, formats nobody knows.
func lenient() []openapi3.ValidationOption {
	return []openapi3.ValidationOption{
		openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation(),
		openapi3.DisableSchemaPatternValidation(), openapi3.DisableSchemaFormatValidation(),
		openapi3.AllowExtraSiblingFields("summary", "description", "example", "examples", "nullable", "default", "title", "deprecated", "readOnly", "writeOnly", "const"),
		openapi3.AllowExtensionsWithRef(),
	}
}

// validate asks the library whether the document is one. It was proved before that the
// library can follow every reference in bounded time. A document in several files is
// judged by what this file holds.
func (d *Document) validate(ctx context.Context) {
	if len(d.Outside) > 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	finished := make(chan error, 1)
	go func() { finished <- d.ask(ctx) }()
	select {
	case err := <-finished:
		if err != nil {
			d.Problems = append(d.Problems, problemLine(err))
		}
	case <-ctx.Done():
		// That we did not get to the end says nothing about the document.
	}
}

func (d *Document) ask(ctx context.Context) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the validator cannot read it: %v", cause)
		}
	}()
	data, err := json.Marshal(d.root)
	if err != nil {
		return fmt.Errorf("write the document as JSON: %w", err)
	}
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	loader.ReadFromURIFunc = func(*openapi3.Loader, *url.URL) ([]byte, error) { return nil, errOutside }
	var document *openapi3.T
	if d.swagger() {
		var old openapi2.T
		if err := json.Unmarshal(data, &old); err != nil {
			return err
		}
		if document, err = openapi2conv.ToV3WithLoader(&old, loader, nil); err != nil {
			return err
		}
	} else if document, err = loader.LoadFromData(data); err != nil {
		return err
	}
	return document.Validate(ctx, lenient()...)
}

// problemLine is the first line of an error, in bounds: the library quotes whole schemas.
func problemLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	const longest = 200
	if runes := []rune(line); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return line
}

// Usable counts what of the document can be used: its operations, and its frame.
func (d *Document) Usable() (usable, all int) {
	usable, all = len(d.Operations)+len(d.opaque), len(d.Operations)+len(d.opaque)+len(d.Broken)+1
	if len(d.Problems) == 0 || d.blamedOnOperations() {
		usable++
	}
	return usable, all
}

// blamedOnOperations tells that what the validator says is charged to operations already.
func (d *Document) blamedOnOperations() bool { return len(d.Broken) > 0 }

// Secured reports whether any operation asks for credentials.
func (d *Document) Secured() bool {
	return slices.ContainsFunc(d.Operations, func(o Operation) bool { return o.Secured })
}
