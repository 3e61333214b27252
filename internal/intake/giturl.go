package intake

import (
	"fmt"
	"net"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// gitAddress is a repository and the commit that was named.
type gitAddress struct {
	url            *url.URL // without credentials and fragment
	user, password string
	commit         string // full or abbreviated, a branch or a tag; empty means HEAD
}

// parseGitAddress reads https://host/repo.git#COMMIT and https://host/repo.git@SHA.
// Plain http is for a server on this machine only; nothing else is an address here:
// git itself would run programs for ext:: addresses, and read this disk for file://.
func parseGitAddress(given string) (gitAddress, error) {
	refused := func(why string) error {
		return refuse(ruleURL, withoutCredentials(given), why, "name the repository as https://host/repository.git#commit")
	}
	parsed, err := url.Parse(given)
	if err != nil {
		return gitAddress{}, refused("it is not an address of the web")
	}
	switch {
	case strings.HasPrefix(given, "-"):
		return gitAddress{}, refused("it looks like an option")
	case parsed.Scheme == "http" && !isLoopback(parsed.Hostname()):
		return gitAddress{}, refused("http is for a server on this machine only; others must use https")
	case parsed.Scheme != "https" && parsed.Scheme != "http":
		return gitAddress{}, refused("only https is fetched")
	case parsed.Hostname() == "" || strings.HasPrefix(parsed.Hostname(), "-"):
		return gitAddress{}, refused("it names no host")
	case parsed.RawQuery != "" || parsed.ForceQuery:
		return gitAddress{}, refused("it holds a query")
	}
	address := gitAddress{commit: parsed.Fragment}
	address.password, _ = parsed.User.Password()
	address.user = parsed.User.Username()
	parsed.User, parsed.Fragment, parsed.RawFragment = nil, "", ""
	if before, after, found := cutLast(parsed.Path, "@"); found && address.commit == "" && isAbbreviated(after) {
		parsed.Path, parsed.RawPath, address.commit = before, "", after
	}
	parsed.Path = strings.TrimSuffix(parsed.Path, "/")
	if strings.Trim(parsed.Path, "/") == "" {
		return gitAddress{}, refused("it names no repository")
	}
	if len(address.commit) > 255 {
		return gitAddress{}, refused("the name of the commit is too long")
	}
	if isHexadecimal(address.commit) {
		address.commit = strings.ToLower(address.commit)
	}
	address.url = parsed
	return address, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}

// String is the address without credentials.
func (a gitAddress) String() string { return a.url.String() }

// name is the last part of the address, as a reader knows the repository.
func (a gitAddress) name() string {
	return takehome.Line(strings.TrimSuffix(path.Base(a.url.Path), ".git"))
}

// scrub removes the credentials from a message, and makes it safe to show.
func (a gitAddress) scrub(message string) string {
	for _, secret := range []string{a.password, a.user} {
		if len(secret) > 3 { // "git" and the like are no secrets
			message = strings.ReplaceAll(message, secret, "…")
			message = strings.ReplaceAll(message, url.QueryEscape(secret), "…")
		}
	}
	return takehome.Line(message)
}

// withoutCredentials shows an address that may not even be one.
func withoutCredentials(given string) string {
	return regexp.MustCompile(`//[^/@]*@`).ReplaceAllString(given, "//…@")
}

// isCommit reports whether text is a full commit id.
func isCommit(text string) bool { return len(text) == 40 && isHexadecimal(text) }

// isAbbreviated reports whether text is a commit id or the beginning of one.
func isAbbreviated(text string) bool { return len(text) >= 4 && len(text) <= 40 && isHexadecimal(text) }

func isHexadecimal(text string) bool {
	return text != "" && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

// checkCommit refuses object names of the other hash, which no server offers to us.
func (a gitAddress) checkCommit() error {
	if len(a.commit) == 64 && isHexadecimal(a.commit) {
		return refuse(ruleGit, a.commit, "repositories with SHA-256 names are not taken in", "hand in a folder, a .zip or a .tar.gz")
	}
	return nil
}

func (a gitAddress) noSuchCommit(where string) error {
	return operatorFault(fmt.Sprintf("%s has no commit, branch or tag %s %s", a.scrub(a.String()), takehome.Line(a.commit), where),
		"check the commit; one that is not on a branch or tag has to be pushed first", nil)
}
