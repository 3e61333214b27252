package restapi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// keeper lets only those through to an animal who have a credential.
type keeper struct {
	animal   *animal
	register string
	login    string // "" where registering gives the credential
	needs    []string
	forbids  []string
	form     bool
	present  func(*http.Request) string // reads the credential
	give     func(http.ResponseWriter, string)
	public   bool

	mutex sync.Mutex
	users map[string]string
	seats map[string]bool // credentials
}

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	refuse := func(status int, message string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
	}
	sent := map[string]any{}
	if r.Method == http.MethodPost && (r.URL.Path == k.register || r.URL.Path == k.login) {
		body, _ := io.ReadAll(r.Body)
		if k.form && r.URL.Path == k.login {
			values, err := url.ParseQuery(string(body))
			if err != nil || values.Get("username") == "" {
				refuse(http.StatusUnprocessableEntity, "username is required")
				return
			}
			sent = map[string]any{"email": values.Get("username"), "username": values.Get("username"), "password": values.Get("password")}
		} else if json.Unmarshal(body, &sent) != nil {
			refuse(http.StatusBadRequest, "no JSON")
			return
		}
	}
	name := fmt.Sprint(sent[k.needs[0]])
	switch {
	case r.Method == http.MethodPost && r.URL.Path == k.register:
		for _, need := range k.needs {
			if sent[need] == nil {
				refuse(http.StatusBadRequest, need+" is required")
				return
			}
		}
		for _, other := range k.forbids {
			if sent[other] != nil {
				refuse(http.StatusBadRequest, "unknown field "+other)
				return
			}
		}
		k.users[name] = fmt.Sprint(sent["password"])
		w.Header().Set("Content-Type", "application/json")
		if k.login == "" {
			k.seats["secret-of-"+name] = true
			k.give(w, "secret-of-"+name)
			return
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id": 7}`)
	case r.Method == http.MethodPost && r.URL.Path == k.login && k.login != "":
		if k.users[name] == "" || k.users[name] != sent["password"] {
			refuse(http.StatusUnauthorized, "wrong")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		k.seats["secret-of-"+name] = true
		k.give(w, "secret-of-"+name)
	case k.public || k.seats[k.present(r)]:
		k.animal.ServeHTTP(w, r)
	default:
		refuse(http.StatusUnauthorized, "log in")
	}
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

func giveAs(name string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, secret string) {
		_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{name: secret, "refresh": map[string]string{"token": "not-this-one"}}})
	}
}

func bindKept(t *testing.T, k http.Handler, files map[string]string) (*Binding, []string, *script.Client, error) {
	t.Helper()
	server := httptest.NewServer(k)
	t.Cleanup(server.Close)
	client := script.NewClient(pod{strings.TrimPrefix(server.URL, "http://")}, "127.0.0.1:8080", &script.Ledger{})
	t.Cleanup(client.Close)
	dir := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	binding, notes, err := bind(t.Context(), client, resourceOfTodos(t), dir, "seed")
	return binding, notes, client, err
}

func TestBindingGetsCredentials(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		keeper *keeper
		files  map[string]string
		kind   string
		header string
		login  string
	}{
		"a bearer token": {
			keeper: &keeper{register: "/auth/register", login: "/auth/login", needs: []string{"email", "password"}, present: bearer, give: giveAs("accessToken")},
			kind:   kindBearer, header: "Authorization", login: "/auth/login",
		},
		"a cookie": {
			keeper: &keeper{
				register: "/api/signup", login: "/api/login", needs: []string{"username", "password"},
				present: func(r *http.Request) string {
					cookie, err := r.Cookie("sid")
					if err != nil {
						return ""
					}
					return cookie.Value
				},
				give: func(w http.ResponseWriter, secret string) {
					http.SetCookie(w, &http.Cookie{Name: "sid", Value: secret, HttpOnly: true})
				},
			},
			kind: kindCookie, header: "Cookie", login: "/api/login",
		},
		"a key that registering hands out": {
			keeper: &keeper{
				register: "/register", needs: []string{"email", "name"},
				present: func(r *http.Request) string { return r.Header.Get("X-API-Key") }, give: giveAs("api_key"),
			},
			kind: kindKey, header: "X-Api-Key",
		},
		"the form of OAuth 2": {
			keeper: &keeper{register: "/users", login: "/token", form: true, needs: []string{"email", "password"}, present: bearer, give: giveAs("access_token")},
			kind:   kindBearer, header: "Authorization", login: "/token",
		},
		"members that a refusal asks for": {
			keeper: &keeper{
				register: "/register", login: "/login", needs: []string{"email", "firstName", "lastName", "confirmPassword", "password"},
				present: bearer, give: giveAs("jwt"),
			},
			kind: kindBearer, header: "Authorization", login: "/login",
		},
		"a member that is not wanted": {
			keeper: &keeper{register: "/register", login: "/login", needs: []string{"email", "password"}, forbids: []string{"username"}, present: bearer, give: giveAs("token")},
			files:  map[string]string{"README.md": "email and username"},
			kind:   kindBearer, header: "Authorization", login: "/login",
		},
		"Basic": {
			keeper: &keeper{
				register: "/register", needs: []string{"username", "password"}, give: func(http.ResponseWriter, string) {},
				present: func(r *http.Request) string {
					name, _, _ := r.BasicAuth()
					return "secret-of-" + name
				},
			},
			files: map[string]string{"takehome.yaml": "takehome: 1\nauth: {kind: basic, register: {path: /register}}\n"},
			kind:  kindBasic, header: "Authorization",
		},
		"a route nobody would guess": {
			keeper: &keeper{register: "/wohnung/einzug", login: "/wohnung/auf", needs: []string{"email", "password"}, present: bearer, give: giveAs("schluessel")},
			files: map[string]string{"takehome.yaml": "takehome: 1\nauth:\n  register: {path: /wohnung/einzug, body: {email: \"{email}\", password: \"{password}\"}}\n" +
				"  login: {path: /wohnung/auf}\n  token: /data/schluessel\n"},
			kind: kindBearer, header: "Authorization", login: "/wohnung/auf",
		},
		"a guard that was forgotten": {
			keeper: &keeper{register: "/auth/register", login: "/auth/login", needs: []string{"email", "password"}, present: bearer, give: giveAs("token"), public: true},
			files:  map[string]string{"README.md": "| `POST /auth/register` | make an account |\n"},
			kind:   kindBearer, header: "Authorization", login: "/auth/login",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.keeper.animal, test.keeper.users, test.keeper.seats = plain(), map[string]string{}, map[string]bool{}
			binding, notes, client, err := bindKept(t, test.keeper, test.files)
			require.NoError(t, err)
			require.NotNil(t, binding.accounts, "%v", notes)
			require.Equal(t, test.kind, binding.accounts.kind)
			require.Equal(t, test.header, binding.accounts.header)
			require.Equal(t, test.keeper.register, binding.accounts.register.path)
			if test.login != "" {
				require.Equal(t, test.login, binding.accounts.login.path)
			}
			require.True(t, binding.creates, "binding goes on with the credentials")
			require.True(t, slices.ContainsFunc(binding.entries, func(e takehome.BindingEntry) bool { return e.Name == "credentials" }))
			second, err := binding.accounts.enrol(t.Context(), client.Quietly, newPerson("seed", "another"))
			require.NoError(t, err)
			require.NotNil(t, second)
			require.NotEqual(t, second.credential, binding.purse.own().credential)
			renewed, err := binding.purse.Renew(t.Context())
			require.NoError(t, err)
			require.True(t, renewed)
		})
	}
}

func TestADeclaredKeyIsUsed(t *testing.T) {
	t.Parallel()
	kept := &keeper{
		animal: plain(), register: "/none", needs: []string{"email"}, users: map[string]string{}, seats: map[string]bool{"demo-key": true},
		present: func(r *http.Request) string { return r.Header.Get("X-Secret") },
	}
	binding, _, _, err := bindKept(t, kept, map[string]string{"takehome.yaml": "takehome: 1\nauth: {header: X-Secret, value: demo-key}\n"})
	require.NoError(t, err)
	require.True(t, binding.creates)
	require.Nil(t, binding.accounts.register)
}

func TestALockedAPIIsNoFindingAboutTheCandidate(t *testing.T) {
	t.Parallel()
	kept := &keeper{
		animal: plain(), register: "/wohnung/einzug", login: "/wohnung/auf", needs: []string{"email"}, users: map[string]string{}, seats: map[string]bool{},
		present: bearer, give: giveAs("token"),
	}
	_, notes, _, err := bindKept(t, kept, nil)
	require.NoError(t, err, "nothing says that there is a way in")
	require.Contains(t, strings.Join(notes, "\n"), "asks for credentials")
	_, _, _, err = bindKept(t, kept, map[string]string{"README.md": "Send `Authorization: Bearer` with the token of your invitation."})
	require.Error(t, err)
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
	require.Contains(t, takehome.AsFault(err).Hint, "auth")
}

func TestAnAPIWithoutAccountsIsNotAskedForAny(t *testing.T) {
	t.Parallel()
	binding, _, _, err := bindKept(t, plain(), nil)
	require.NoError(t, err)
	require.Nil(t, binding.accounts)
}

func TestDeclaredAuthIsStrict(t *testing.T) {
	t.Parallel()
	for name, section := range map[string]string{
		"a misspelt member":    "regsiter: {path: /a}",
		"an unknown kind":      "kind: oauth",
		"a path of elsewhere":  "register: {path: \"http://elsewhere/\"}",
		"a header with a line": "header: \"X-Key\\nHost\"",
		"a value with a line":  "value: \"a\\r\\nHost: b\"",
		"a method":             "login: {path: /a, method: BREW}",
		"a token":              "token: accessToken",
		"a scheme":             "scheme: \"two words\"",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			declared, notes, err := parseDeclaration([]byte("takehome: 1\nauth: {" + section + "}\n"))
			require.NoError(t, err)
			require.Nil(t, declared)
			require.Len(t, notes, 1)
			require.Contains(t, notes[0], "auth cannot be used and is ignored")
		})
	}
	declared, notes, err := parseDeclaration([]byte("takehome: 1\nauth: {kind: api_key, value: k}\ntodo: {collection: /a}\n"))
	require.NoError(t, err)
	require.Empty(t, notes)
	require.Equal(t, "/a", declared.Collection)
	require.Equal(t, http.Header{"X-Api-Key": {"k"}}, declared.auth.fixed().fixed)
}

func TestForgeriesOfAToken(t *testing.T) {
	t.Parallel()
	encode := base64.RawURLEncoding.EncodeToString
	genuine := encode([]byte(`{"alg":"RS256"}`)) + "." + encode([]byte(`{"sub":"12345678901234567","exp":1}`)) + ".signature"
	for kind, want := range map[string]int{kindBearer: 6, kindCookie: 6} {
		credential := genuine
		if kind == kindCookie {
			credential = "jwt=" + genuine + "; lang=en"
		}
		forged := forgeries(&accounts{kind: kind}, &session{credential: credential}, script.Random("seed", "x"))
		require.Len(t, forged, want)
		seen := map[string]bool{credential: true}
		for _, one := range forged {
			require.False(t, seen[one.credential], one.name)
			seen[one.credential] = true
			if kind == kindCookie {
				require.True(t, strings.HasPrefix(one.credential, "jwt=") && strings.HasSuffix(one.credential, "; lang=en"), one.credential)
			}
		}
		unsigned := forged[len(forged)-1]
		require.True(t, unsigned.unsigned)
		token, ok := parseJWT(strings.TrimSuffix(strings.TrimPrefix(unsigned.credential, "jwt="), "; lang=en"))
		require.True(t, ok)
		require.Equal(t, "none", token.header["alg"])
		require.Equal(t, "12345678901234567", token.claims["sub"])
	}
	require.Len(t, forgeries(&accounts{kind: kindBearer}, &session{credential: "opaque-token-of-some-length"}, script.Random("seed", "x")), 2)
}

func FuzzParseJWT(f *testing.F) {
	for _, seed := range []string{"a.b.c", "eyJhbGciOiJIUzI1NiJ9.e30.x", "..", "e30.e30.", strings.Repeat(".", 9)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		token, ok := parseJWT(text)
		if !ok {
			return
		}
		require.NotNil(t, token.claims)
		for _, forged := range token.forgeries(script.Random("seed", "fuzz")) {
			require.NotEqual(t, text, forged.credential)
		}
	})
}

func FuzzFindToken(f *testing.F) {
	f.Add(`{"data":{"token":"abcdefghij"}}`)
	f.Add(`{"token":"two words and more"}`)
	f.Fuzz(func(t *testing.T, body string) {
		reply := &script.Exchange{Status: 200, Body: []byte(body), Header: http.Header{"Set-Cookie": {body}}}
		if pointer, ok := findToken(reply); ok {
			require.NotEmpty(t, tokenAt(reply, pointer))
		}
		_ = cookiesOf(reply)
	})
}

func TestAnswersAreCompared(t *testing.T) {
	t.Parallel()
	answer := func(body string) *script.Exchange { return &script.Exchange{Body: []byte(body)} }
	a, b := person{email: "a@example.com", username: "a1a1a1"}, person{email: "b@example.com", username: "b2b2b2"}
	require.Equal(t,
		plainAnswer(answer(`{"message":"no a@example.com","timestamp":"1","request_id":"x"}`), a),
		plainAnswer(answer(`{"message":"no b@example.com","timestamp":"2","request_id":"y"}`), b))
	require.NotEqual(t, plainAnswer(answer(`{"message":"wrong password"}`), a), plainAnswer(answer(`{"message":"no such user"}`), b))
}

func TestTheWorstAnswerToNobodyCounts(t *testing.T) {
	t.Parallel()
	all := map[string]string{script.List: "challenged", script.Fetch: "bare", script.Delete: "open"}
	require.Equal(t, "open", worstGuard(all).Label)
	require.Contains(t, worstGuard(all).Detail, script.Delete)
	delete(all, script.Delete)
	require.Equal(t, "bare", worstGuard(all).Label)
	delete(all, script.Fetch)
	require.Equal(t, "challenged", worstGuard(all).Label)
	for status, want := range map[int]string{200: "open", 401: "bare", 403: "forbidden", 302: "redirected", 500: "otherwise", 404: "otherwise"} {
		require.Equal(t, want, guardLabel(&script.Exchange{Status: status, Header: http.Header{}}))
	}
	require.Equal(t, "challenged", guardLabel(&script.Exchange{Status: 401, Header: http.Header{"Www-Authenticate": {"Bearer"}}}))
}

func TestPasswordsAreRecognised(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"id":1}`:               "",
		`{"password":"geheim1"}`: "in_reply",
		`{"hash":"$2b$10$abcdefghijklmnopqrstuvwxyz0123456789"}`: "digest_shown",
		`{"hash":"scrypt$MTIzNDU2Nzg5MDEyMzQ1Ng==$AAAA"}`:        "digest_shown",
		`{"title":"pay $2 to Ann"}`:                              "",
	} {
		require.Equal(t, want, shownPassword([]*script.Exchange{{Body: []byte(body)}}, "geheim1"), body)
	}
	require.Contains(t, digests("password"), digest{"MD5", "5f4dcc3b5aa765d61d8327deb882cf99"})
}

func TestPrivilegesAreSeen(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`{"user":{"role":"admin"}}`: 1, `{"role":"user","isAdmin":false}`: 0, `{"isAdmin":true,"is_admin":true}`: 2, `[]`: 0,
	} {
		require.Len(t, grantedIn(&script.Exchange{Body: []byte(body)}), want, body)
	}
	require.Empty(t, grantedIn(nil))
}
