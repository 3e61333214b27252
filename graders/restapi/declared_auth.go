package restapi

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// declaredAuth is the section "auth" of a candidate's takehome.yaml: how a client gets a
// credential and where it goes. Everything in it is optional; what is left out is found
// by the usual names.
//
//	auth:
//	  kind: bearer                    # bearer, cookie, api_key or basic
//	  register:                       # makes an account
//	    path: /auth/register
//	    body: {email: "{email}", password: "{password}", name: "{name}"}
//	  login:                          # gives the credential; without it, registering does
//	    path: /auth/login
//	    method: POST
//	    form: false                   # true: sent as a form
//	    body: {email: "{email}", password: "{password}"}
//	  token: /data/accessToken        # JSON Pointer into that reply
//	  header: X-API-Key               # that carries the credential
//	  scheme: Bearer                  # word before it
//	  value: demo-key                 # a credential that exists from the start
//
// In a body {email}, {username}, {name} and {password} are replaced.
type declaredAuth struct {
	Kind     string        `yaml:"kind"`
	Register declaredOffer `yaml:"register"`
	Login    declaredOffer `yaml:"login"`
	Token    string        `yaml:"token"`
	Header   string        `yaml:"header"`
	Scheme   string        `yaml:"scheme"`
	Value    string        `yaml:"value"`
}

type declaredOffer struct {
	Path   string         `yaml:"path"`
	Method string         `yaml:"method"`
	Form   bool           `yaml:"form"`
	Body   map[string]any `yaml:"body"`
}

var (
	headerName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,60}$`)
	schemeWord  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,30}$`)
	methodWord  = regexp.MustCompile(`^(POST|PUT|PATCH|GET)$`)
	headerValue = regexp.MustCompile(`^[!-~]( ?[!-~])*$`)
)

// readDeclaredAuth reads the section strictly: a misspelt member is told, and the section
// is ignored.
func readDeclaredAuth(section yaml.Node) (*declaredAuth, []string) {
	if section.IsZero() {
		return nil, nil
	}
	ignored := func(why string) (*declaredAuth, []string) {
		return nil, []string{declaredFile + ": auth cannot be used and is ignored: " + takehome.Line(why)}
	}
	written, err := yaml.Marshal(&section)
	if err != nil {
		return ignored(err.Error())
	}
	decoder := yaml.NewDecoder(bytes.NewReader(written))
	decoder.KnownFields(true)
	var declared declaredAuth
	if err := decoder.Decode(&declared); err != nil {
		return ignored(err.Error())
	}
	if problem := declared.problem(); problem != "" {
		return ignored(problem)
	}
	return &declared, nil
}

func (d *declaredAuth) problem() string {
	fits := func(text string, pattern *regexp.Regexp) bool { return text == "" || pattern.MatchString(text) }
	for name, made := range map[string]declaredOffer{"register": d.Register, "login": d.Login} {
		switch {
		case made.Path != "" && !plainPath(made.Path):
			return fmt.Sprintf("%s: path %q is not a path", name, made.Path)
		case !fits(made.Method, methodWord):
			return fmt.Sprintf("%s: method %q is not one of POST, PUT, PATCH, GET", name, made.Method)
		}
	}
	switch {
	case d.Kind != "" && !slices.Contains([]string{kindBearer, kindCookie, kindKey, kindBasic}, d.Kind):
		return fmt.Sprintf("kind %q is not one of bearer, cookie, api_key, basic", d.Kind)
	case d.Token != "" && !strings.HasPrefix(d.Token, "/"):
		return fmt.Sprintf("token %q is no JSON Pointer, it must start with /", d.Token)
	case !fits(d.Header, headerName):
		return fmt.Sprintf("header %q is not the name of a header", d.Header)
	case !fits(d.Scheme, schemeWord):
		return fmt.Sprintf("scheme %q is not one word", d.Scheme)
	case len(d.Value) > maxToken || !fits(d.Value, headerValue):
		return "value cannot stand in a header"
	}
	return ""
}

// fixed is the credential that is declared to exist, and how it is carried.
func (d *declaredAuth) fixed() *accounts {
	if d == nil || d.Value == "" {
		return nil
	}
	made := &accounts{kind: d.Kind, header: d.Header, scheme: d.Scheme}
	switch {
	case made.kind == "" && made.header != "" && !strings.EqualFold(made.header, "Authorization"):
		made.kind = kindKey
	case made.kind == "":
		made.kind = kindBearer
	}
	made.complete()
	made.fixed = made.carry(d.Value)
	return made
}

// complete fills in what a kind usually uses.
func (a *accounts) complete() {
	header, scheme := map[string]string{kindCookie: "Cookie", kindKey: "X-API-Key"}[a.kind], ""
	switch {
	case a.kind == kindBearer && (a.header == "" || strings.EqualFold(a.header, "Authorization")):
		header, scheme = "Authorization", "Bearer"
	case a.kind == kindBasic:
		header, scheme = "Authorization", "Basic"
	}
	if a.header == "" {
		a.header = header
	}
	a.header = http.CanonicalHeaderKey(a.header)
	if a.scheme == "" {
		a.scheme = scheme
	}
	if a.scheme != "" && !strings.HasSuffix(a.scheme, " ") {
		a.scheme += " "
	}
}
