package images

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// sources are the archives that a stand-in's packages come from.
type sources struct {
	mirror   string // of the release; empty: debootstrap's own default
	updates  string // of <suite>-updates; empty: not used
	security string // of <suite>-security; empty: not used
}

// archive is one entry of the host's package sources.
type archive struct {
	address, suite string
	components     []string
}

// aptSources finds the mirrors of a Debian host with the given code name.
func (h host) aptSources(codename string) sources {
	var found sources
	for _, entry := range h.archives() {
		if !shareable(entry.address) || !slices.Contains(entry.components, "main") {
			continue
		}
		switch slot := map[string]*string{
			codename: &found.mirror, codename + "-updates": &found.updates, codename + "-security": &found.security,
		}[strings.TrimSuffix(entry.suite, "/updates")]; {
		case slot != nil && *slot == "":
			*slot = strings.TrimRight(entry.address, "/")
		}
	}
	if found.mirror == "" {
		return sources{}
	}
	return found
}

// list writes the sources of the wanted suite as apt reads them.
func (s sources) list(suite string) string {
	var out strings.Builder
	for _, line := range []struct{ address, suite string }{
		{s.mirror, suite}, {s.updates, suite + "-updates"}, {s.security, suite + "-security"},
	} {
		if line.address != "" {
			out.WriteString("deb " + line.address + " " + line.suite + " main\n")
		}
	}
	return out.String()
}

// archives reads all package sources of the host, in both formats.
func (h host) archives() []archive {
	var found []archive
	for line := range h.lines("etc/apt/sources.list") {
		found = append(found, oneLine(line)...)
	}
	entries, err := fs.ReadDir(h.files, "etc/apt/sources.list.d")
	if err != nil {
		return found
	}
	for _, entry := range entries {
		name := path.Join("etc/apt/sources.list.d", entry.Name())
		switch path.Ext(name) {
		case ".list":
			for line := range h.lines(name) {
				found = append(found, oneLine(line)...)
			}
		case ".sources":
			found = append(found, h.deb822(name)...)
		}
	}
	return found
}

// oneLine reads "deb [options] address suite component…".
func oneLine(line string) []archive {
	rest, ok := strings.CutPrefix(line, "deb ")
	if !ok {
		return nil
	}
	rest = strings.TrimSpace(rest)
	if strings.HasPrefix(rest, "[") {
		_, rest, ok = strings.Cut(rest, "]")
		if !ok {
			return nil
		}
	}
	rest, _, _ = strings.Cut(rest, "#")
	words := strings.Fields(rest)
	if len(words) < 2 {
		return nil
	}
	return []archive{{address: words[0], suite: words[1], components: words[2:]}}
}

// deb822 reads stanzas of "Field: value", divided by empty lines.
func (h host) deb822(name string) []archive {
	var found []archive
	stanza, field := map[string]string{}, ""
	end := func() {
		if slices.Contains(strings.Fields(stanza["types"]), "deb") && !strings.EqualFold(strings.TrimSpace(stanza["enabled"]), "no") {
			for address := range strings.FieldsSeq(stanza["uris"]) {
				for suite := range strings.FieldsSeq(stanza["suites"]) {
					found = append(found, archive{address, suite, strings.Fields(stanza["components"])})
				}
			}
		}
		stanza, field = map[string]string{}, ""
	}
	content, err := fs.ReadFile(h.files, name)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(content)) {
		left, right, isField := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.TrimSpace(line) == "":
			end()
		case strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t"): // the field goes on
			stanza[field] += " " + strings.TrimSpace(line)
		case isField:
			field = strings.ToLower(left)
			stanza[field] = right
		}
	}
	end()
	return found
}
