package script_test

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
)

func TestParseJSONIsStrict(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"a": [1, {"b": null}]}`:         "",
		`"text"`:                          "",
		` 12345678901234567890 `:          "",
		`{"a": 1, "a": 2}`:                "the same name twice",
		`{"a": 1} {"b": 2}`:               "something follows the value",
		`{"a": 1`:                         "not JSON",
		`{'a': 1}`:                        "not JSON",
		``:                                "not JSON",
		"\"\xff\"":                        "not valid UTF-8",
		strings.Repeat("[", 300):          "nested deeper",
		strings.Repeat(`{"a":`, 100_000):  "nested deeper",
		"\ufeff{}":                        "not JSON",
		`NaN`:                             "not JSON",
		`[1, 2,]`:                         "not JSON",
		`{"a": {"b": [{"a": 1, "a": 1}]}`: "the same name twice",
	} {
		_, err := script.ParseJSON([]byte(text))
		if want == "" {
			require.NoError(t, err, text)
		} else {
			require.ErrorContains(t, err, want, text)
		}
	}
}

func TestEqualComparesNumbersByValue(t *testing.T) {
	t.Parallel()
	require.True(t, script.Equal(json.Number("1.0"), uint64(1)))
	require.True(t, script.Equal(json.Number("9007199254740993"), json.Number("9007199254740993.0")))
	require.False(t, script.Equal(json.Number("9007199254740993"), json.Number("9007199254740992")))
	require.False(t, script.Equal(json.Number("1"), "1"))
	require.False(t, script.Equal(json.Number("1e999999999"), json.Number("1")), "and it takes no memory to say so")
	require.True(t, script.Equal(map[string]any{"a": []any{json.Number("1")}}, map[string]any{"a": []any{1}}))
}

func TestAtFollowsPointers(t *testing.T) {
	t.Parallel()
	value, err := script.ParseJSON([]byte(`{"a/b": {"~": [10, 20]}, "": 1}`))
	require.NoError(t, err)
	got, ok := script.At(value, "/a~1b/~0/1")
	require.True(t, ok)
	require.Equal(t, json.Number("20"), got)
	_, ok = script.At(value, "/a~1b/~0/2")
	require.False(t, ok)
	_, ok = script.At(value, "a")
	require.False(t, ok)
	got, ok = script.At(value, "/")
	require.True(t, ok)
	require.Equal(t, json.Number("1"), got)
}

func FuzzParseJSON(f *testing.F) {
	f.Add([]byte(`{"a": [1, true, null, "x"]}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := script.ParseJSON(data); err == nil {
			require.True(t, json.Valid(data), "what is accepted is JSON")
		}
	})
}

func TestCurlSurvivesAShell(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIPPED: no bash on this machine to read the curl line with")
	}
	for _, body := range []string{`{"title": "it's"}`, "$(touch /tmp/pwned) `id` \"", "a\nb\\'c", "\x1b[2J\x7f"} {
		line := script.Curl(script.Request{
			Method: "POST", Path: "/todos/'; rm -rf /;'", Header: http.Header{"Content-Type": {"a'b"}}, Body: []byte(body),
		})
		require.NotContains(t, line, "\x1b")
		// The words of the line as a shell reads them, one for each line of the output.
		output, err := exec.CommandContext(t.Context(), bash, "-c", "curl() { printf '%s\\x1e' \"$@\"; }; "+line).Output()
		require.NoError(t, err, line)
		words := strings.Split(string(output), "\x1e")
		require.Equal(t, "http://localhost:8080/todos/'; rm -rf /;'", words[3])
		require.Equal(t, "Content-Type: a'b", words[5])
		require.Equal(t, body, words[7])
	}
}

func TestCurlHidesSecrets(t *testing.T) {
	t.Parallel()
	line := script.Curl(script.Request{Method: "GET", Path: "/", NoBody: true, Header: http.Header{"Authorization": {"Bearer abc"}}})
	require.NotContains(t, line, "abc")
}
