package restapi

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
)

func TestWhatErrorsLeak(t *testing.T) {
	t.Parallel()
	for body, leak := range map[string]string{
		`{"error": "title is required"}`:                                                      "",
		`{"error": "Please select a title from the list"}`:                                    "",
		`{"error": "update the title and try again"}`:                                         "",
		`{"error": "no todo at position 3:4"}`:                                                "",
		`{"stack": "Error: x\n    at handler (/app/src/app.js:10:3)"}`:                        "a stack frame",
		"Traceback (most recent call last):\n  File \"/app/main.py\", line 3":                 "a stack frame",
		"goroutine 1 [running]:":                                                              "a stack frame",
		`{"error": "SELECT id FROM todos WHERE id = $1"}`:                                     "SQL",
		`{"error": "ERROR: invalid input syntax for type integer: \"abc\" (SQLSTATE 22P02)"}`: "driver text",
		`{"error": "pq: value too long for type character varying(10)"}`:                      "driver text",
		`{"error": "(psycopg2.errors.CheckViolation) new row violates check constraint"}`:     "driver text",
		`{"error": "PrismaClientKnownRequestError"}`:                                          "driver text",
		`{"error": "ENOENT: no such file, open '/app/src/views/error.html.js'"}`:              "a file path",
		`{"error": "thrown in node_modules"}`:                                                 "a file path",
	} {
		text, found := everything(&script.Exchange{Body: []byte(body)}), false
		for _, pattern := range leakPatterns {
			found = found || pattern.MatchString(text)
		}
		require.Equal(t, leak != "", found, body)
		if leak != "" {
			require.Regexp(t, leakPatterns[leak], text)
		}
	}
}

// A digest may spell the name of a driver.
func TestNoiseInHeadersIsNoLeak(t *testing.T) {
	t.Parallel()
	reply := &script.Exchange{Body: []byte("{}"), Header: http.Header{
		"Etag": {`W/"56-WWEXc0b2d/cNKyUokts1oPGX/0"`}, "X-Request-Id": {"pgx"}, "Content-Type": {"application/json"},
	}}
	require.Equal(t, "{}\nContent-Type: application/json", everything(reply))
}
