package restapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/challenges"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// pod reaches a handler of the test.
type pod struct{ address string }

func (p pod) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	connection, err := (&net.Dialer{}).DialContext(ctx, network, p.address)
	if err != nil {
		return nil, &takehome.DialError{Address: address, Reason: "refused"}
	}
	return connection, nil
}

func (pod) Listening(context.Context) ([]int, error) { return []int{8080}, nil }

// animal is an API whose shape is all that matters.
type animal struct {
	base     string // of the collection
	text     string // name of the main text
	done     string
	no, yes  any
	note     string
	due      string
	priority string
	id       func(n int) any
	idName   string
	wrap     func(item any) any                 // a reply with one item
	list     func(items []map[string]any) any   // a reply with many
	created  func(item map[string]any) any      // the reply to create, if it is another
	update   []string                           // methods on the item
	refuse   func(map[string]any) (string, any) // a validation of its own
	action   string
	mutex    sync.Mutex
	items    []map[string]any
	issued   int
}

func (a *animal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	body, _ := io.ReadAll(r.Body)
	var sent map[string]any
	problem := json.Unmarshal(body, &sent)
	reply := func(status int, value any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if value != nil {
			_ = json.NewEncoder(w).Encode(value)
		}
	}
	rest, inside := strings.CutPrefix(r.URL.Path, a.base)
	switch {
	case !inside || rest != "" && rest[0] != '/':
		reply(http.StatusNotFound, map[string]any{"message": "no such route"})
	case rest == "" && r.Method == http.MethodGet:
		reply(http.StatusOK, a.list(a.items))
	case rest == "" && r.Method == http.MethodPost:
		if message, ok := a.valid(sent, problem); !ok {
			reply(http.StatusBadRequest, message)
			return
		}
		a.issued++
		item := map[string]any{a.idName: a.id(a.issued), a.text: sent[a.text]}
		a.set(item, sent, true)
		a.items = append(a.items, item)
		w.Header().Set("Location", fmt.Sprintf("%s/%v", a.base, item[a.idName]))
		if a.created != nil {
			reply(http.StatusCreated, a.created(item))
			return
		}
		reply(http.StatusCreated, a.wrap(item))
	case rest == "":
		reply(http.StatusMethodNotAllowed, nil)
	default:
		a.one(r, strings.Trim(rest, "/"), sent, problem, reply)
	}
}

func (a *animal) one(r *http.Request, id string, sent map[string]any, problem error, reply func(int, any)) {
	id, action, _ := strings.Cut(id, "/")
	for i, item := range a.items {
		if fmt.Sprint(item[a.idName]) != id {
			continue
		}
		switch {
		case action != "":
			if action != a.action || r.Method != http.MethodPost {
				reply(http.StatusNotFound, map[string]any{"message": "no such route"})
				return
			}
			item[a.done] = a.yes
			reply(http.StatusOK, a.wrap(item))
		case r.Method == http.MethodGet:
			reply(http.StatusOK, a.wrap(item))
		case r.Method == http.MethodDelete:
			a.items = append(a.items[:i], a.items[i+1:]...)
			reply(http.StatusNoContent, nil)
		case strings.Contains(strings.Join(a.update, " "), r.Method):
			if message, ok := a.valid(sent, problem); !ok && r.Method == http.MethodPut {
				reply(http.StatusBadRequest, message)
				return
			}
			if r.Method == http.MethodPut {
				a.set(item, sent, true)
			}
			if text, ok := sent[a.text]; ok {
				item[a.text] = text
			}
			a.set(item, sent, false)
			reply(http.StatusOK, a.wrap(item))
		default:
			reply(http.StatusMethodNotAllowed, nil)
		}
		return
	}
	reply(http.StatusNotFound, map[string]any{"message": "no such item"})
}

// set takes the optional fields; with all, those that are left out get their defaults.
func (a *animal) set(item, sent map[string]any, all bool) {
	for name, fallback := range map[string]any{a.done: a.no, a.note: "", a.due: nil, a.priority: "medium"} {
		if name == "" {
			continue
		}
		if value, ok := sent[name]; ok {
			item[name] = value
		} else if all {
			item[name] = fallback
		}
	}
}

func (a *animal) valid(sent map[string]any, problem error) (any, bool) {
	text, isText := sent[a.text].(string)
	if problem != nil || !isText || text == "" {
		return map[string]any{"message": a.text + " is required"}, false
	}
	if a.refuse != nil {
		if message, body := a.refuse(sent); message != "" {
			return body, false
		}
	}
	return nil, true
}

func bare(item any) any { return item }

func array(items []map[string]any) any {
	if items == nil {
		items = []map[string]any{}
	}
	return items
}

func number(n int) any { return n }

// plain is the recommended contract; every other animal differs from it.
func plain() *animal {
	return &animal{
		base: "/todos", text: "title", done: "completed", no: false, yes: true, note: "description", due: "due_date", priority: "priority",
		id: number, idName: "id", wrap: bare, list: array, update: []string{"PUT", "PATCH"},
	}
}

func resourceOfTodos(t *testing.T) Resource {
	t.Helper()
	data, err := challenges.Files.ReadFile("todo-api/api.yaml")
	require.NoError(t, err)
	resource, err := LoadResource("api.yaml", data)
	require.NoError(t, err)
	return resource
}

// TestBindingTellsTheZooApart binds correct APIs of many shapes and uses what it found.
func TestBindingTellsTheZooApart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(a *animal)
		files  map[string]string // of the repository
		want   map[string]string // entries of the binding
		lacks  []string
	}{
		"the recommended contract": {
			func(*animal) {}, nil,
			map[string]string{"collection": "/todos", "field text": "title", "field done": "completed", "field note": "description", "field due": "due_date", "patch": "PATCH /todos/{id}", "replace": "PUT /todos/{id}", "delete": "DELETE /todos/{id}"},
			nil,
		},
		"another path and an envelope": {
			func(a *animal) {
				a.base = "/api/v1/tasks"
				a.wrap = func(item any) any { return map[string]any{"success": true, "data": item} }
				a.list = func(items []map[string]any) any { return map[string]any{"success": true, "data": array(items)} }
			}, nil,
			map[string]string{"collection": "/api/v1/tasks", "list": "/data", "representation": "/data"},
			nil,
		},
		"UUIDs": {
			func(a *animal) {
				a.id = func(n int) any { return fmt.Sprintf("0b8f1c2e-94ab-4c3d-8e7f-%012d", n) }
				a.idName = "uuid"
			}, nil,
			map[string]string{"id": "uuid"},
			nil,
		},
		"PUT without PATCH": {
			func(a *animal) { a.update = []string{"PUT"} }, nil,
			map[string]string{"replace": "PUT /todos/{id}"},
			[]string{"patch"},
		},
		"PATCH without PUT": {
			func(a *animal) { a.update = []string{"PATCH"} }, nil,
			map[string]string{"patch": "PATCH /todos/{id}", "replace": "PATCH /todos/{id}"},
			[]string{"put"},
		},
		"name for title": {
			func(a *animal) { a.text = "name" }, nil,
			map[string]string{"field text": "name"},
			nil,
		},
		"a word for the flag": {
			func(a *animal) {
				a.done, a.no, a.yes = "status", "open", "done"
				a.refuse = func(sent map[string]any) (string, any) {
					if status, ok := sent["status"]; ok && status != "open" && status != "done" {
						return "status", map[string]any{"message": "status must be one of open, done"}
					}
					return "", nil
				}
			}, nil,
			map[string]string{"field done": `status: "open" / "done"`},
			nil,
		},
		"camel case": {
			func(a *animal) { a.done, a.due = "isCompleted", "dueDate" }, nil,
			map[string]string{"field done": "isCompleted", "field due": "dueDate"},
			nil,
		},
		"only the id comes back": {
			func(a *animal) {
				a.created = func(item map[string]any) any { return map[string]any{"id": item["id"]} }
			}, nil,
			map[string]string{"id": "id", "field text": "title"},
			nil,
		},
		"an empty answer with Location": {
			func(a *animal) { a.created = func(map[string]any) any { return nil } }, nil,
			map[string]string{"id": "id"},
			nil,
		},
		"wrapped in its own name": {
			func(a *animal) {
				a.wrap = func(item any) any { return map[string]any{"todo": item} }
				a.list = func(items []map[string]any) any { return map[string]any{"todos": array(items), "total": len(items)} }
			}, nil,
			map[string]string{"list": "/todos", "representation": "/todo"},
			nil,
		},
		"another required field": {
			func(a *animal) {
				a.refuse = func(sent map[string]any) (string, any) {
					if _, ok := sent["owner_id"]; !ok {
						return "owner_id", map[string]any{"message": "owner_id is required"}
					}
					return "", nil
				}
			}, nil,
			map[string]string{"required owner_id": "1"},
			nil,
		},
		"an odd path that the code shows": {
			func(a *animal) { a.base = "/v9/memos/tasks" },
			map[string]string{"server.js": "app.get('/v9/memos/tasks', list)\n"},
			map[string]string{"collection": "/v9/memos/tasks"},
			nil,
		},
		"everything odd, and declared": {
			func(a *animal) {
				a.base, a.text, a.done, a.no, a.yes = "/rest/scribbles", "inhalt", "erledigt", "nein", "ja"
			},
			map[string]string{"takehome.yaml": "takehome: 1\ntodo:\n  collection: /rest/scribbles\n  write: {text: /inhalt, done: /erledigt}\n  done_values: {no: nein, yes: ja}\n"},
			map[string]string{"collection": "/rest/scribbles", "field text": "inhalt"},
			nil,
		},
		"an action instead of PATCH": {
			func(a *animal) {
				a.update, a.action = []string{"PUT"}, "complete"
				a.refuse = func(sent map[string]any) (string, any) { return "", nil }
			},
			map[string]string{"app.js": "app.post('/todos/:id/complete', complete)\n"},
			map[string]string{"patch": "POST /todos/{id}/complete"},
			nil,
		},
		"no description, no date": {
			func(a *animal) { a.note, a.due, a.priority = "", "", "" }, nil,
			map[string]string{"field done": "completed"},
			[]string{"note", "due", "priority"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject := plain()
			test.change(subject)
			server := httptest.NewServer(subject)
			t.Cleanup(server.Close)
			dir := t.TempDir()
			for file, text := range test.files {
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
			}
			ledger := &script.Ledger{}
			client := script.NewClient(pod{server.Listener.Addr().String()}, "pod:8080", ledger)
			t.Cleanup(client.Close)
			binding, notes, err := bind(t.Context(), client, resourceOfTodos(t), dir, "seed")
			require.NoError(t, err)
			require.Empty(t, notes)
			require.LessOrEqual(t, ledger.Len(), maxBindingRequests)
			got := map[string]string{}
			for _, entry := range binding.entries {
				got[entry.Name] = entry.Value
			}
			for entry, value := range test.want {
				require.Equal(t, value, got[entry], "%s in %v", entry, got)
			}
			for _, part := range test.lacks {
				require.False(t, binding.Bound(part), "%s: %v", part, got)
			}
			useBinding(t, client, binding)
		})
	}
}

// useBinding walks through the operations as checks do.
func useBinding(t *testing.T, client *script.Client, binding *Binding) {
	t.Helper()
	send := func(intent script.Intent) *script.Exchange {
		request, ok := binding.Request(intent)
		require.True(t, ok, intent.Op)
		reply, err := client.Do(t.Context(), request)
		require.NoError(t, err)
		return reply
	}
	made := send(script.Intent{Op: script.Create, Set: map[string]any{"text": "Water the plants"}})
	require.True(t, made.Success(), string(made.Body))
	item, ok := binding.Item(made)
	if !ok || item.ID == "" {
		item.ID = lastSegment(made.Header.Get("Location"))
	}
	read, ok := binding.Item(send(script.Intent{Op: script.Fetch, ID: item.ID}))
	require.True(t, ok)
	require.Equal(t, "Water the plants", read.Fields["text"])
	require.Equal(t, item.ID, read.ID)
	require.Equal(t, false, read.Fields["done"])
	listed, ok := binding.Items(send(script.Intent{Op: script.List}))
	require.True(t, ok)
	require.Equal(t, item.ID, listed[len(listed)-1].ID)
	replaced := send(script.Intent{Op: script.Replace, ID: item.ID, Item: read, Set: map[string]any{"text": "Buy bread", "done": true}})
	require.True(t, replaced.Success(), string(replaced.Body))
	read, _ = binding.Item(send(script.Intent{Op: script.Fetch, ID: item.ID}))
	require.Equal(t, "Buy bread", read.Fields["text"])
	require.Equal(t, true, read.Fields["done"])
	unknown := send(script.Intent{Op: script.Fetch, ID: binding.UnknownID(script.Random("seed", "test"))})
	require.Equal(t, http.StatusNotFound, unknown.Status)
	require.Equal(t, http.StatusNoContent, send(script.Intent{Op: script.Delete, ID: item.ID}).Status)
	require.Equal(t, http.StatusNotFound, send(script.Intent{Op: script.Fetch, ID: item.ID}).Status)
}
