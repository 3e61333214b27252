package catalog_test

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/catalog"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// listing is a kind whose files of checks are plain lists.
type listing struct{}

func (listing) Name() string { return "listing" }

func (listing) Load(files fs.FS, checkFiles []string) ([]takehome.Check, takehome.Grader, error) {
	var checks []takehome.Check
	for _, name := range checkFiles {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, nil, err
		}
		var file struct {
			Checks []struct {
				ID        string   `yaml:"id"`
				Group     string   `yaml:"group"`
				Criterion string   `yaml:"criterion"`
				Needs     []string `yaml:"needs"`
			} `yaml:"checks"`
		}
		if err := authored.Decode(name, data, &file); err != nil {
			return nil, nil, err
		}
		for _, check := range file.Checks {
			checks = append(checks, takehome.Check{ID: check.ID, Group: check.Group, Criterion: check.Criterion, Needs: check.Needs})
		}
	}
	return checks, nil, nil
}

const goodChallenge = `takehome: 1
id: tea-api
version: 1.2.3
title: Tea
kind: listing
summary: Serve tea
rubric:
  criteria:
    - {id: works, title: It works, share: 60}
    - {id: robust, title: It stands, share: 40}
  gates:
    - id: no-boot
      reason: it does not start
      all_zero: [A01]
      cap: 10
  groups:
    - {id: B, title: Brewing}
    - {id: A, title: Boot}
checks:
  - checks/boot.yaml
  - checks/brew.yaml
`

const goodBoot = `checks:
  - {id: A02, group: A, criterion: works}
  - {id: A01, group: A, criterion: works}
`

const goodBrew = `checks:
  - id: B01
    group: B
    criterion: robust
    needs: [A01]
`

func goodPackage() map[string]string {
	return map[string]string{
		"challenge.yaml": goodChallenge, "brief.md": "# Tea\n", "checks/boot.yaml": goodBoot, "checks/brew.yaml": goodBrew,
	}
}

// embedded puts packages below their ids.
func embedded(packages map[string]map[string]string) *catalog.Catalog {
	files := fstest.MapFS{"README": {Data: []byte("no challenge")}}
	for id, texts := range packages {
		for name, text := range texts {
			files[path.Join(id, name)] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return catalog.New(files, []catalog.Kind{listing{}})
}

func TestLoadReadsAWholePackage(t *testing.T) {
	t.Parallel()
	loaded, err := embedded(map[string]map[string]string{"tea-api": goodPackage()}).Load("tea-api")
	require.NoError(t, err)
	require.Equal(t, "tea-api", loaded.Challenge.ID)
	require.Equal(t, "# Tea\n", loaded.Challenge.Brief)
	require.Len(t, loaded.Challenge.Rubric.Criteria, 2)
	require.Empty(t, loaded.Dir)
	require.Nil(t, loaded.Submissions)
	var shown []string
	for _, check := range loaded.Challenge.Rubric.Checks {
		shown = append(shown, check.ID)
	}
	require.Equal(t, []string{"B01", "A01", "A02"}, shown, "in the order of the groups, then of the ids")
}

// onDisk writes a package into a folder.
func onDisk(t *testing.T, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		at := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o700))
		require.NoError(t, os.WriteFile(at, []byte(text), 0o600))
	}
	return dir
}

func TestAFolderIsLoadedLikeAnEmbeddedPackage(t *testing.T) {
	t.Parallel()
	all := embedded(map[string]map[string]string{"tea-api": goodPackage()})
	inside, err := all.Load("tea-api")
	require.NoError(t, err)
	texts := goodPackage()
	texts["submissions/reference/main.go"] = "package main\n"
	dir := onDisk(t, texts)
	outside, err := all.Load(dir)
	require.NoError(t, err)
	require.Equal(t, inside.Challenge, outside.Challenge, "submissions are no part of the challenge, nor of its digest")
	require.Equal(t, dir, outside.Dir)
	text, err := fs.ReadFile(outside.Submissions, "reference/main.go")
	require.NoError(t, err)
	require.Equal(t, "package main\n", string(text))
}

func TestEveryByteOfAPackageIsInItsDigest(t *testing.T) {
	t.Parallel()
	digest := func(change func(texts map[string]string)) string {
		texts := goodPackage()
		change(texts)
		loaded, err := embedded(map[string]map[string]string{"tea-api": texts}).Load("tea-api")
		require.NoError(t, err)
		return loaded.Challenge.Digest
	}
	same := digest(func(map[string]string) {})
	require.Equal(t, same, digest(func(map[string]string) {}))
	require.NotEqual(t, same, digest(func(texts map[string]string) { texts["brief.md"] += "\n" }))
	require.NotEqual(t, same, digest(func(texts map[string]string) { texts["data.sql"] = "" }))
	require.NotEqual(t,
		digest(func(texts map[string]string) { texts["a.sql"] = "x" }),
		digest(func(texts map[string]string) { texts["b.sql"] = "x" }))
}

// edit replaces one piece of a file of the good package.
func edit(name, old, replacement string) func(texts map[string]string) {
	return func(texts map[string]string) {
		texts[name] = strings.Replace(texts[name], old, replacement, 1)
	}
}

func TestABrokenPackageNamesFileLineAndOwner(t *testing.T) {
	t.Parallel()
	const challenge = "challenge.yaml"
	for name, test := range map[string]struct {
		change func(texts map[string]string)
		want   string
	}{
		"no challenge.yaml": {func(texts map[string]string) { delete(texts, challenge) }, "challenge.yaml: a challenge package needs this file"},
		"no brief":          {func(texts map[string]string) { delete(texts, "brief.md") }, "brief.md: a challenge package needs a brief for the candidate"},
		"no file of checks": {func(texts map[string]string) { delete(texts, "checks/brew.yaml") }, "challenge.yaml:21: there is no file checks/brew.yaml"},
		"a file outside":    {edit(challenge, "checks/brew.yaml", "../brew.yaml"), `challenge.yaml:21: "../brew.yaml" is not the path of a file in the package`},
		"a file twice":      {edit(challenge, "checks/brew.yaml", "checks/boot.yaml"), "challenge.yaml:20: checks/boot.yaml is listed twice"},
		"a folder for a file": {func(texts map[string]string) {
			delete(texts, "checks/brew.yaml")
			texts["checks/brew.yaml/inside"] = ""
		}, "checks/brew.yaml: this is no regular file"},
		"empty":              {func(texts map[string]string) { texts[challenge] = "" }, "challenge.yaml:1: the file must hold exactly one YAML document"},
		"not YAML":           {edit(challenge, "title: Tea", "title: [Tea"), "challenge.yaml:5: tea-api: "},
		"an unknown field":   {edit(challenge, "summary:", "sumary:"), `challenge.yaml:6: tea-api: unknown field "sumary" (did you mean "summary"?)`},
		"unknown, in a gate": {edit(challenge, "      cap:", "      capp:"), `challenge.yaml:15: no-boot: unknown field "capp" (did you mean "cap"?)`},
		"unknown, in checks": {edit("checks/brew.yaml", "needs", "neds"), `checks/brew.yaml:5: B01: unknown field "neds" (did you mean "needs"?)`},
		"a wrong type":       {edit(challenge, "cap: 10", "cap: ten"), "challenge.yaml:15: no-boot: expected a number here, found text"},
		"an alias":           {edit(challenge, "title: Tea", "title: &t Tea"), "challenge.yaml:4: anchors and aliases are not allowed, write the value out"},
		"an alias in checks": {edit("checks/brew.yaml", "group: B", "group: *b"), "checks/brew.yaml:"},
		"too large":          {edit(challenge, "title: Tea", "title: "+strings.Repeat("T", 2<<20)), "challenge.yaml: the file is larger than 1048576 bytes"},
		"checks too large":   {edit("checks/brew.yaml", "checks:", "#"+strings.Repeat("T", 2<<20)+"\nchecks:"), "checks/brew.yaml: the file is larger than 1048576 bytes"},
		"a brief too large":  {edit("brief.md", "Tea", strings.Repeat("T", 2<<20)), "brief.md: the file is larger than 1048576 bytes"},
		"not UTF-8":          {edit(challenge, "title: Tea", "title: T\xff\xfea"), "challenge.yaml:4: the file must be UTF-8, and this line is not"},
		"checks not UTF-8":   {edit("checks/brew.yaml", "group: B", "group: \x80"), "checks/brew.yaml:3: the file must be UTF-8, and this line is not"},
		"a brief in Latin-1": {edit("brief.md", "# Tea", "# Tea\nT\xe9"), "brief.md:2: the file must be UTF-8, and this line is not"},
		"UTF-16":             {func(texts map[string]string) { texts[challenge] = "\xff\xfet\x00" }, "challenge.yaml:1: the file must be UTF-8, and this line is not"},
		"another format":     {edit(challenge, "takehome: 1", "takehome: 2"), "challenge.yaml:1: takehome: 1 is the version of the format that this program reads, not 2"},
		"a bad id":           {edit(challenge, "id: tea-api", "id: Tea API"), `challenge.yaml:2: id "Tea API" must be lower-case words joined by hyphens`},
		"a bad version":      {edit(challenge, "1.2.3", "1.2"), `challenge.yaml:3: version "1.2" must be three numbers such as 1.0.0`},
		"no title":           {edit(challenge, "title: Tea\n", ""), "challenge.yaml:2: title, summary and kind are needed"},
		"an unknown kind":    {edit(challenge, "kind: listing", "kind: soap"), `challenge.yaml:5: kind "soap" must be one of listing`},
		"no checks":          {func(texts map[string]string) { texts[challenge], _, _ = strings.Cut(goodChallenge, "  - checks/") }, "challenge.yaml:19: checks must list at least one file"},
		"checks of nothing": {func(texts map[string]string) {
			texts["checks/boot.yaml"], texts["checks/brew.yaml"] = "checks: []\n", "checks: []\n"
			edit(challenge, "    - id: no-boot\n      reason: it does not start\n      all_zero: [A01]\n      cap: 10\n", "")(texts)
		}, "challenge.yaml:15: a challenge without checks would pass everybody"},
		"shares of 90":      {edit(challenge, "share: 40", "share: 30"), "challenge.yaml:8: the shares of the criteria add up to 90, not to 100"},
		"a negative share":  {edit(challenge, "share: 40", "share: -40"), "challenge.yaml:10: criterion robust: a share is from 0 to 100 per cent"},
		"shares that wrap":  {edit(challenge, "share: 40", "share: 9223372036854775807"), "challenge.yaml:10: criterion robust: a share is from 0 to 100 per cent"},
		"a criterion twice": {edit(challenge, "id: robust", "id: works"), `challenge.yaml:9: criterion "works" needs an id of its own and a title`},
		"a gate twice":      {edit(challenge, "  groups:", "    - {id: no-boot, reason: x, all_zero: [A01], cap: 1}\n  groups:"), `challenge.yaml:12: gate "no-boot" needs an id of its own, reason, and either all_zero or any_fault`},
		"a group twice":     {edit(challenge, "{id: A,", "{id: B,"), `challenge.yaml:17: group "B" needs an id of its own and a title`},
		"a gate for no one": {edit(challenge, "all_zero: [A01]", "all_zero: []"), `challenge.yaml:12: gate "no-boot" needs an id of its own, reason, and either all_zero or any_fault`},
		"a gate that is none": {
			edit(challenge, "cap: 10", "cap: 100"), "challenge.yaml:12: gate no-boot: cap must be from 0 to 99",
		},
		"a gate of a criterion that is not there": {
			edit(challenge, "cap: 10", "cap: 10\n      criterion: robst"), `challenge.yaml:12: gate no-boot: there is no criterion "robst" (did you mean "robust"?)`,
		},
		"a gate of a check that is not there": {
			edit(challenge, "all_zero: [A01]", "all_zero: [A01, A99]"), "challenge.yaml:12: gate no-boot: there is no check A99",
		},
		"a check of a criterion that is not there": {
			edit("checks/brew.yaml", "criterion: robust", "criterion: robusst"), `checks/brew.yaml:2: check B01: there is no criterion "robusst" (did you mean "robust"?)`,
		},
		"a check of a group that is not there": {
			edit("checks/boot.yaml", "A01, group: A", "A01, group: Z"), `checks/boot.yaml:3: check A01: there is no group "Z"`,
		},
		"a check twice in a file": {
			edit("checks/boot.yaml", "A01", "A02"), "checks/boot.yaml:3: check A02 exists twice",
		},
		"a check twice in two files": {
			edit("checks/brew.yaml", "id: B01", "id: A01"), "checks/brew.yaml:2: check A01 exists twice",
		},
		"a need that is not there": {
			edit("checks/brew.yaml", "[A01]", "[A03]"), "checks/brew.yaml:2: check B01 needs A03, which is no check that runs before it",
		},
		"a need that runs later": {
			edit("checks/boot.yaml", "A01, group: A,", "A01, group: A, needs: [B01],"), "checks/boot.yaml:3: check A01 needs B01, which is no check that runs before it",
		},
		"a need of itself": {
			edit("checks/brew.yaml", "[A01]", "[B01]"), "checks/brew.yaml:2: check B01 needs B01, which is no check that runs before it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			texts := goodPackage()
			test.change(texts)
			require.NotEqual(t, goodPackage(), texts, "the change of this row changes nothing")
			_, err := embedded(map[string]map[string]string{"tea-api": texts}).Load("tea-api")
			fault, ok := errors.AsType[*takehome.Fault](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, takehome.Author, fault.Owner)
			if strings.HasSuffix(test.want, ":") || strings.HasSuffix(test.want, ": ") {
				require.Contains(t, fault.Summary, test.want)
			} else {
				require.Equal(t, test.want, fault.Summary)
			}
			require.NotContains(t, fault.Summary, "\n")
			require.Contains(t, fault.Hint, "mend the challenge package")
		})
	}
}

func TestANameThatIsNoChallenge(t *testing.T) {
	t.Parallel()
	all := embedded(map[string]map[string]string{"tea-api": goodPackage(), "coffee-api": goodPackage()})
	file := filepath.Join(t.TempDir(), "challenge.yaml")
	require.NoError(t, os.WriteFile(file, []byte(goodChallenge), 0o600))
	for name, test := range map[string]struct{ given, want string }{
		"a typing error":  {"tea-ap", `there is no challenge "tea-ap" (did you mean "tea-api"?)`},
		"nothing near":    {"lemonade", `there is no challenge "lemonade"`},
		"nothing":         {"", `there is no challenge ""`},
		"a file":          {file, takehome.Line(file) + " is a file, a challenge is a folder or an id"},
		"no such folder":  {"/no/such/folder", `there is no challenge "/no/such/folder"`},
		"a file of ours":  {"README", `there is no challenge "README"`},
		"hostile":         {"\x1b[2J", `there is no challenge "\\u{1B}[2J"`},
		"a NUL":           {"a\x00b", `there is no challenge "a\\u{00}b"`},
		"an endless name": {strings.Repeat("x", 9000), `there is no challenge "` + strings.Repeat("x", takehome.QuoteLine) + `…"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := all.Load(test.given)
			fault, ok := errors.AsType[*takehome.Fault](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, takehome.Operator, fault.Owner)
			require.Equal(t, test.want, fault.Summary)
			require.Contains(t, fault.Hint, "coffee-api, tea-api")
		})
	}
}

func TestAFolderWithoutAChallengeNamesTheFileThatIsMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := embedded(nil).Load(dir)
	fault, ok := errors.AsType[*takehome.Fault](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, takehome.Author, fault.Owner)
	require.Equal(t, takehome.Line(path.Join(dir, "challenge.yaml"))+": a challenge package needs this file", fault.Summary)
	require.NotEmpty(t, fault.Hint)
}

// A package cannot read what lies beside it.
func TestALinkOutOfThePackageIsNotFollowed(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o600))
	texts := goodPackage()
	delete(texts, "brief.md")
	dir := onDisk(t, texts)
	if err := os.Symlink(secret, filepath.Join(dir, "brief.md")); err != nil {
		t.Skip("this system makes no links: " + err.Error())
	}
	_, err := embedded(nil).Load(dir)
	require.ErrorContains(t, err, "brief.md of the challenge package cannot be read")
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
}

func TestIDsAreTheFolders(t *testing.T) {
	t.Parallel()
	ids, err := embedded(map[string]map[string]string{"tea-api": goodPackage(), "coffee-api": goodPackage()}).IDs()
	require.NoError(t, err)
	require.Equal(t, []string{"coffee-api", "tea-api"}, ids)
}

// sharing is a kind that brings a rubric and checks.
type sharing struct{ listing }

func (sharing) Name() string { return "sharing" }

func (sharing) Files() (fs.FS, error) {
	return fstest.MapFS{
		"rubric.yaml": {Data: []byte("criteria:\n  - {id: works, title: It works, share: 100}\ngroups:\n  - {id: A, title: Boot}\n")},
		"boot.yaml":   {Data: []byte(goodBoot)},
	}, nil
}

const sharedChallenge = `takehome: 1
id: tea-api
version: 1.2.3
title: Tea
kind: sharing
summary: Serve tea
rubric: kind/rubric.yaml
checks: [kind/boot.yaml]
`

func TestAPackageSeesTheFilesOfItsKind(t *testing.T) {
	t.Parallel()
	load := func(texts map[string]string) (catalog.Package, error) {
		return catalog.New(fstest.MapFS{}, []catalog.Kind{listing{}, sharing{}}).Load(onDisk(t, texts))
	}
	good := map[string]string{"challenge.yaml": sharedChallenge, "brief.md": "# Tea\n"}
	loaded, err := load(good)
	require.NoError(t, err)
	require.Len(t, loaded.Challenge.Rubric.Checks, 2)
	require.Equal(t, "It works", loaded.Challenge.Rubric.Criteria[0].Title)
	text, err := fs.ReadFile(loaded.Files, "kind/boot.yaml")
	require.NoError(t, err)
	require.Equal(t, goodBoot, string(text))

	for problem, change := range map[string]func(texts map[string]string){
		"challenge.yaml:7: there is no file kind/rubrics.yaml": edit("challenge.yaml", "rubric.yaml", "rubrics.yaml"),
		"challenge.yaml:9: there is no file kind/brew.yaml":    edit("challenge.yaml", "[kind/boot.yaml]", "\n  - kind/brew.yaml"),
		"kind: the folder kind of a package":                   func(texts map[string]string) { texts["kind/boot.yaml"] = goodBoot },
		"rubric.yaml:2: the shares of the criteria add up to 90": func(texts map[string]string) {
			texts["rubric.yaml"] = "# other shares\ncriteria:\n  - {id: works, title: It works, share: 90}\n"
			edit("challenge.yaml", "kind/rubric.yaml", "rubric.yaml")(texts)
		},
	} {
		texts := map[string]string{"challenge.yaml": sharedChallenge, "brief.md": "# Tea\n"}
		change(texts)
		_, err := load(texts)
		require.ErrorContains(t, err, problem)
	}
}
