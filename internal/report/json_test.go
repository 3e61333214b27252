package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("report.schema.json", document))
	compiled, err := compiler.Compile("report.schema.json")
	require.NoError(t, err)
	return compiled
}

func TestReportsFollowTheirSchema(t *testing.T) {
	t.Parallel()
	compiled := compiledSchema(t)
	for name, r := range samples(t) {
		if name == "hostile" { // has strangers' text where only words of ours may be
			continue
		}
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(rendered(t, "json", r)))
		require.NoError(t, err)
		require.NoError(t, compiled.Validate(document), name)
	}
}

func TestSchemaRefusesWhatNoReportHolds(t *testing.T) {
	t.Parallel()
	compiled := compiledSchema(t)
	artefact := rendered(t, "json", strongReport(t))
	for name, change := range map[string][2]string{
		"unknown field":     {`"seed":`, `"sed":`},
		"unknown status":    {`"status": "graded"`, `"status": "great"`},
		"score without run": {`"status": "graded"`, `"status": "interrupted"`},
		"unknown verdict":   {`"verdict": "partial"`, `"verdict": "perhaps"`},
		"float credit":      {`"credit": "3/5"`, `"credit": 0.6`},
		"no digest":         {`"digest": "sha256:`, `"digest": "md5:`},
		"negative weight":   {`"weight": "1.5"`, `"weight": "-1.5"`},
	} {
		changed := strings.Replace(artefact, change[0], change[1], 1)
		require.NotEqual(t, artefact, changed, name)
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(changed))
		require.NoError(t, err)
		require.Error(t, compiled.Validate(document), name)
	}
}

// Every field of the types is in the schema with a description, and nothing else is.
func TestSchemaDescribesEveryField(t *testing.T) {
	t.Parallel()
	var root map[string]any
	require.NoError(t, json.Unmarshal(Schema(), &root))
	describe(t, root, root, reflect.TypeFor[takehome.Report](), "report", map[reflect.Type]bool{})
}

func describe(t *testing.T, root, node map[string]any, of reflect.Type, at string, seen map[reflect.Type]bool) {
	t.Helper()
	for node["$ref"] != nil {
		reference, _ := node["$ref"].(string)
		node = object(t, object(t, root["$defs"], at)[strings.TrimPrefix(reference, "#/$defs/")], at)
	}
	switch of.Kind() {
	default: // a plain value has no fields
	case reflect.Pointer:
		describe(t, root, node, of.Elem(), at, seen)
	case reflect.Slice:
		if of.Elem().Kind() == reflect.Struct {
			describe(t, root, object(t, node["items"], at), of.Elem(), at, seen)
		}
	case reflect.Map:
		if of.Elem().Kind() == reflect.Slice {
			describe(t, root, object(t, node["additionalProperties"], at), of.Elem(), at, seen)
		}
	case reflect.Struct:
		if node["type"] != "object" || seen[of] {
			return
		}
		seen[of] = true
		require.Equal(t, false, node["additionalProperties"], at)
		properties := object(t, node["properties"], at)
		fields := jsonFields(of)
		var required []any
		for name, field := range fields {
			property := object(t, properties[name], at+"."+name)
			require.NotEmpty(t, property["description"], at+"."+name)
			describe(t, root, property, field.Type, at+"."+name, seen)
			if !strings.Contains(field.Tag.Get("json"), ",omitempty") {
				required = append(required, name)
			}
		}
		for name := range properties {
			require.Contains(t, fields, name, at)
		}
		declared, _ := node["required"].([]any)
		require.ElementsMatch(t, required, declared, at)
	}
}

func object(t *testing.T, value any, at string) map[string]any {
	t.Helper()
	found, ok := value.(map[string]any)
	require.True(t, ok, "%s is not described", at)
	return found
}

// jsonFields are the fields of a type by their names in JSON.
func jsonFields(of reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for field := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "":
			maps.Copy(fields, jsonFields(field.Type))
		case name != "-" && field.IsExported():
			fields[name] = field
		}
	}
	return fields
}

func TestJSONHasTheCanonicalPartFirst(t *testing.T) {
	t.Parallel()
	artefact := rendered(t, "json", strongReport(t))
	order := []string{`"schema":`, `"canonical":`, `"digest": "sha256:`, `"evidence":`, `"run":`}
	at := -1
	for _, key := range order {
		next := strings.Index(artefact[at+1:], "\n  "+key)
		require.GreaterOrEqual(t, next, 0, key)
		at += 1 + next
	}
	require.Contains(t, artefact, `"started": "2026-05-14T09:12:09.12Z"`, "times are in UTC")
}

func TestDigestIsThatOfTheCanonicalPartAlone(t *testing.T) {
	t.Parallel()
	one, other := strongReport(t), strongReport(t)
	other.Run.Millis, other.Run.Name, other.Evidence = 1, "elsewhere", nil
	require.Equal(t, Digest(one.Canonical), Digest(other.Canonical))
	other.Canonical.Seed = "another"
	require.NotEqual(t, Digest(one.Canonical), Digest(other.Canonical))
	empty, none := one.Canonical, one.Canonical
	empty.Results, none.Results = []takehome.Result{}, nil
	require.Equal(t, Digest(empty), Digest(none), "none has one spelling")
}

// The digest can be computed without takehome, as the page says.
func TestDigestIsThatOfJq(t *testing.T) {
	t.Parallel()
	jq, err := exec.LookPath("jq")
	if err != nil {
		t.Skip("SKIPPED: jq is not installed, so the command that the page names is not tried")
	}
	for name, r := range samples(t) {
		if name == "hostile" { // control characters that Quote would have spelled out have two spellings in JSON
			continue
		}
		command := exec.CommandContext(t.Context(), jq, "-cj", ".canonical")
		command.Stdin = strings.NewReader(rendered(t, "json", r))
		canonical, err := command.Output()
		require.NoError(t, err)
		hash := sha256.Sum256(canonical)
		require.Equal(t, Digest(r.Canonical), "sha256:"+hex.EncodeToString(hash[:]), name)
	}
}

func TestReadIsStrict(t *testing.T) {
	t.Parallel()
	artefact := rendered(t, "json", strongReport(t))
	swap := func(from, to string) string {
		changed := strings.Replace(artefact, from, to, 1)
		require.NotEqual(t, artefact, changed, from)
		return changed
	}
	for name, test := range map[string]struct{ text, says string }{
		"empty":             {"", "not JSON"},
		"not JSON":          {"PASS 100/100", "not JSON"},
		"another document":  {`{"version": 2}`, "which format"},
		"another version":   {swap(`"takehome-report/1"`, `"takehome-report/2"`), `"takehome-report/2"`},
		"another tool":      {`{"schema": "junit\u001b[2J"}`, `junit\\u{1B}`},
		"unknown field":     {swap(`"seed":`, `"score": 100, "seed":`), "unknown field"},
		"repeated name":     {swap(`"seed":`, `"seed": "x", "seed":`), `"seed" is there twice`},
		"second document":   {artefact + artefact, "not JSON"},
		"something after":   {artefact + "null", "not JSON"},
		"wrong type":        {swap(`"files": 23`, `"files": "23"`), "not what the format says"},
		"changed verdict":   {swap(`"verdict": "fail"`, `"verdict": "pass"`), "changed after it was written"},
		"changed digest":    {swap(`"digest": "sha256:`, `"digest": "sha256:0`), ""},
		"huge number":       {swap(`"credit": "3/5"`, `"credit": "1e999999999"`), "not what the format says"},
		"nesting":           {`{"schema":"takehome-report/1","run":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}", "levels deep"},
		"nesting in schema": {`{"schema":` + strings.Repeat("[", 20000), "not JSON"},
	} {
		_, err := Read(strings.NewReader(test.text))
		fault, ok := errors.AsType[*takehome.Fault](err)
		require.True(t, ok, "%s: %v", name, err)
		require.Equal(t, takehome.Operator, fault.Owner, name)
		require.Contains(t, fault.Error(), test.says, name)
		require.NotEmpty(t, fault.Hint, name)
	}
}

// endless is a reader that never ends.
type endless struct{}

func (endless) Read(into []byte) (int, error) { return len(into), nil }

func TestReadStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	_, err := Read(endless{})
	require.ErrorContains(t, err, "larger than 64 MiB")
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"schema":"takehome-report/1"}`))
	for _, r := range []takehome.Report{refusedReport(), baseReport("seed")} {
		var seed bytes.Buffer
		require.NoError(f, Write(&seed, "json", r))
		f.Add(seed.Bytes())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := Read(bytes.NewReader(raw))
		if err != nil {
			return
		}
		for _, format := range Formats() {
			rendered(t, format.Name, r)
		}
	})
}
