package script_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
)

func TestAnErrorNamesAField(t *testing.T) {
	t.Parallel()
	for body, named := range map[string]bool{
		`{"error": "title is required"}`:                                                    true,
		`{"error": "Title can't be blank"}`:                                                 true,
		`{"errors": {"title": ["is too short"]}}`:                                           true,
		`{"detail": [{"loc": ["body", "title"], "msg": "Field required"}]}`:                 true,
		`{"message": "Key: 'CreateTodo.Title' Error: failed on the 'required' tag"}`:        true,
		`{"code": "titleRequired"}`:                                                         true,
		`{"code": "TODO_TITLE_MISSING"}`:                                                    true,
		`title: must not be null`:                                                           true,
		`{"type": "about:blank", "title": "Bad Request", "detail": "title must be a text"}`: true,
		`{"title": "Bad Request", "status": 400, "errors": [{"field": "title"}]}`:           true,
		`{"title": "Bad Request", "status": 400, "detail": "the body is not valid"}`:        false,
		`{"error": "subtitles are not allowed"}`:                                            false,
		`{"error": "entitled users only"}`:                                                  false,
		`{"error": "invalid input"}`:                                                        false,
		``:                                                                                  false,
	} {
		reply := &script.Exchange{Body: []byte(body), Header: http.Header{}}
		require.Equal(t, named, reply.Names("title"), body)
	}
}
