package restapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
)

func TestAdvertisedParametersAreThoseOfAddressesAndOfOpenAPI(t *testing.T) {
	t.Parallel()
	for prose, wanted := range map[string]bool{
		"`GET /todos?limit=50&offset=0`":                                true,
		"`GET /todos?offset=0&limit=50`":                                true,
		"GET /todos{?offset,limit}":                                     true,
		"parameters:\n  - name: limit\n    in: query":                   true,
		"parameters:\n  - in: query\n    name: limit":                   true,
		"parameters: [{name: limit, in: query, schema: {}}]":            true,
		`{"parameters":[{"name":"limit","in":"query","required":false}`: true,
		`{"parameters": [{"in": "query", "name": "limit"}]}`:            true,
		"the limit of a title is 200 characters":                        false,
		"properties:\n  limit: {type: integer}":                         false,
		"- name: limit\n  in: path":                                     false,
		"?limited=1":                                                    false,
		"":                                                              false,
	} {
		require.Equal(t, wanted, clues{prose: prose}.advertises("limit"), prose)
	}
}

func TestOrdersAreDocumentedOnlyWhereBothDirectionsAre(t *testing.T) {
	t.Parallel()
	for prose, wanted := range map[string]order{
		"`?sort=title` or `?sort=-title`":                      {up: "sort=title", down: "sort=-title", documented: true},
		"`?sort_by=title&order=asc|desc`":                      {up: "sort_by=title&order=asc", down: "sort_by=title&order=desc", documented: true},
		"`?sort=title:asc`, title:desc":                        {up: "sort=title:asc", down: "sort=title:desc", documented: true},
		"`?sort=created_at`; `title` is a text":                {up: "sort=title", down: "sort=-title"},
		"`?sort_by=created_at&order=desc`; a title is a title": {up: "sort_by=title", down: "sort_by=-title"},
	} {
		require.Equal(t, wanted, clues{prose: prose}.orders("title")[0], prose)
	}
	require.Empty(t, clues{prose: "the todos are sorted by title"}.orders("title"))
}

func TestCopyingARowLeavesToTheDatabaseWhatItMakes(t *testing.T) {
	t.Parallel()
	place := script.Place{Schema: "public", Table: "Todos", Column: "title"}
	for _, test := range []struct {
		column column
		want   string // "": no copy can be made
		lacks  string
	}{
		{column{name: "id", kind: "bigint", made: true, alone: true}, `("title") select t."title" ||`, `"id"`},
		{column{name: "id", kind: "uuid", fallback: true, alone: true}, `("title") select t."title" ||`, `"id"`},
		{column{name: "id", kind: "uuid", alone: true}, `gen_random_uuid()`, ""},
		{column{name: "id", kind: "character varying", alone: true}, `left(t."id", -4) || lpad(n::text, 4, '0')`, ""},
		{column{name: "n", kind: "integer", alone: true}, `t."n" + n`, ""},
		{column{name: "made", kind: "timestamp with time zone", fallback: true}, `t."made" - n * interval '1 second'`, ""},
		{column{name: "done", kind: "boolean", fallback: true}, `t."done"`, ""},
		{column{name: `we"ird`, kind: "jsonb"}, `t."we""ird"`, ""},
		{column{name: "key", kind: "bytea", alone: true}, "", ""},
	} {
		statement, ok := copying([]column{{name: "title", kind: "text"}, test.column}, place)
		require.Equal(t, test.want != "", ok, test.column.name)
		if !ok {
			continue
		}
		require.Contains(t, statement, `insert into "public"."Todos"`)
		require.Contains(t, statement, test.want)
		if test.lacks != "" {
			require.NotContains(t, statement, test.lacks)
		}
	}
}

func answer(method string, status int, body string) *script.Exchange {
	return &script.Exchange{Request: script.Request{Method: method, Name: "x"}, Status: status, Body: []byte(body), Header: http.Header{}}
}

func TestAnOutageIsJudgedByItsWorstAnswer(t *testing.T) {
	t.Parallel()
	unavailable := answer("POST", 503, `{"code":"database_unavailable"}`)
	late := answer("POST", 503, "{}")
	late.Elapsed = quickLimit + time.Second
	silent := answer("POST", 0, "")
	silent.Fault = script.Hang
	for want, replies := range map[string][]*script.Exchange{
		"unavailable": {unavailable, answer("GET", 200, "[]"), answer("PUT", 504, "")},
		"slow":        {unavailable, late},
		"errors":      {late, answer("POST", 500, "{}")},
		"leaks":       {answer("POST", 500, "{}"), answer("GET", 500, "Traceback (most recent call last):")},
		"pretends":    {unavailable, answer("POST", 201, `{"id":1}`)},
		"hangs":       {unavailable, answer("POST", 201, `{"id":1}`), silent},
	} {
		require.Equal(t, want, cutOff(append(replies, unavailable), false).Label)
	}
	require.Equal(t, "exits", cutOff([]*script.Exchange{silent}, true).Label)
	require.Equal(t, "unaffected", cutOff([]*script.Exchange{answer("GET", 200, "[]")}, false).Label)
}

func TestTheLastAnswerBeforeAStop(t *testing.T) {
	t.Parallel()
	gone := answer("PATCH", 0, "")
	gone.Fault = script.Reset
	for want, reply := range map[string]*script.Exchange{
		"finishes": answer("PATCH", 200, "{}"), "refuses": answer("PATCH", 503, "{}"), "fails": answer("PATCH", 500, "{}"), "cut": gone,
	} {
		require.Equal(t, want, lastAnswer(reply).Label)
	}
}

func TestTheNextPageByCursor(t *testing.T) {
	t.Parallel()
	binding := &Binding{clues: clues{prose: "GET /todos?cursor=&limit="}}
	for body, want := range map[string]string{
		`{"items":[],"next":"abc"}`:               "/todos?cursor=abc&limit=7",
		`{"items":[],"nextCursor":12}`:            "/todos?cursor=12&limit=7",
		`{"items":[],"meta":{"next_cursor":"="}}`: "/todos?cursor=%3D&limit=7",
		`{"items":[],"next":"/todos?cursor=x"}`:   "/todos?cursor=x",
		`{"items":[],"next":null}`:                "",
		`{"items":[],"next":""}`:                  "",
		`{"items":[],"cursor":"old"}`:             "",
		`[1`:                                      "",
	} {
		reply := answer("GET", 200, body)
		reply.Request.Path = "/todos?limit=7"
		if want == "" {
			reply.Request.Path += "&cursor=old"
		}
		next, ok := binding.explicitNext(reply)
		require.Equal(t, want != "", ok, body)
		if ok {
			require.Equal(t, want, next.Path, body)
		}
	}
}

// A stranger writes the bodies from which the next page is read.
func FuzzNextPage(f *testing.F) {
	f.Add(`{"items":[{"id":1}],"next":"abc"}`, "", "/todos?limit=7")
	f.Add(`{"items":[{"id":1}],"links":{"next":"//evil/%zz"}}`, `<http://[::1>; rel="next"`, "/todos?%")
	binding := &Binding{
		clues: clues{prose: "?cursor= ?limit="}, list: "/items", listFound: true, id: "/id",
		paging: paging{size: "limit", offset: "offset"}, resource: Resource{Fields: []FieldWords{{Meaning: "text"}}},
	}
	f.Fuzz(func(t *testing.T, body, link, path string) {
		reply := answer("GET", 200, body)
		reply.Header.Set("Link", link)
		reply.Request.Path = path
		if next, ok := binding.NextPage(reply); ok {
			require.NotEmpty(t, next.Path)
			require.NotEqual(t, path, next.Path)
		}
	})
}
