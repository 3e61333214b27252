package intake_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/intake"
)

func gzipOf(tb testing.TB, content []byte) string {
	tb.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err := writer.Write(content)
	require.NoError(tb, err)
	require.NoError(tb, writer.Close())
	return fileOf(tb, "submission.tar.gz", packed.Bytes())
}

// The numbers are those of research/security.md 7. Each attack is made in every form
// that can carry it.
func TestHostileArchivesAreRefused(t *testing.T) {
	t.Parallel()
	honest := item{name: "main.go", body: "package main\n"}
	deep := strings.Repeat("d/", 500) + "x"
	for name, c := range map[string]struct {
		given []string
		rule  string
		entry string
	}{
		"IN-01 climbs":               {both(t, honest, item{name: "../../etc/cron.d/x", body: "x"}), "path", "../../etc/cron.d/x"},
		"IN-01 climbs in the middle": {both(t, honest, item{name: "a/../../x", body: "x"}), "path", "a/../../x"},
		"IN-02 absolute":             {both(t, honest, item{name: "/etc/x", body: "x"}), "path", "/etc/x"},
		"IN-02 drive":                {both(t, honest, item{name: `C:\x`, body: "x"}), "path", ""},
		"IN-02 drive with slash":     {both(t, honest, item{name: "c:/x", body: "x"}), "path", "c:/x"},
		"IN-02 Windows climb":        {[]string{zipOf(t, honest, item{name: `..\x`, body: "x"})}, "path", "../x"},
		"IN-02 Windows climb in tar": {[]string{tarOf(t, honest, item{name: `..\x`, body: "x"})}, "name", `..\x`},
		"IN-03 through a link":       {both(t, item{name: "a", link: "/"}, item{name: "a/x", body: "x"}), "path", "a/x"},
		"IN-03 through an inner link": {
			both(t, item{name: "b/y", body: "y"}, item{name: "a", link: "b"}, item{name: "a/x", body: "x"}),
			"path", "a/x",
		},
		"IN-03 absolute link":  {all(t, honest, item{name: "a", link: "/etc/passwd"}), "symlink", "a"},
		"IN-03 climbing link":  {all(t, honest, item{name: "a/b", link: "../../x"}), "symlink", "a/b"},
		"IN-03 link in a ring": {all(t, honest, item{name: "a", link: "b"}, item{name: "b", link: "a"}), "symlink", "a"},
		"IN-03 link to itself": {all(t, honest, item{name: "a", link: "a/b"}), "symlink", "a"},
		"IN-03 through a folder link": {
			all(t, item{name: "s/t/x", body: "x"}, item{name: "s/t/up", link: "../.."}, item{name: "z", link: "s/t/up/../x"}),
			"symlink", "z",
		},
		"IN-04 hard link":       {[]string{tarOf(t, honest, item{name: "a", kind: tar.TypeLink, link: "/etc/passwd"})}, "type", "a"},
		"IN-04 inner hard link": {[]string{tarOf(t, honest, item{name: "a", kind: tar.TypeLink, link: "main.go"})}, "type", "a"},
		"IN-05 device":          {[]string{tarOf(t, honest, item{name: "a", kind: tar.TypeChar})}, "type", "a"},
		"IN-05 block device":    {[]string{tarOf(t, honest, item{name: "a", kind: tar.TypeBlock})}, "type", "a"},
		"IN-05 pipe":            {[]string{tarOf(t, honest, item{name: "a", kind: tar.TypeFifo})}, "type", "a"},
		"IN-05 unknown":         {[]string{tarOf(t, honest, item{name: "a", kind: 'Z'})}, "type", "a"},
		"IN-05 zip device":      {[]string{zipDevice(t)}, "type", "a"},
		"IN-08 long":            {all(t, honest, item{name: strings.Repeat(strings.Repeat("n", 120)+"/", 4) + "x", body: "x"}), "path", ""},
		"IN-08 10,000":          {both(t, honest, item{name: strings.Repeat("n/", 5000), body: ""}), "path", ""},
		"IN-08 deep":            {both(t, honest, item{name: deep, body: "x"}), "path", ""},
		"IN-08 41 deep":         {all(t, honest, item{name: strings.Repeat("d/", 40) + "x", body: "x"}), "path", ""},
		"IN-08 long name":       {both(t, honest, item{name: strings.Repeat("n", 256), body: "x"}), "path", ""},
		"IN-09 newline":         {all(t, honest, item{name: "a\nb", body: "x"}), "name", `a\nb`},
		"IN-09 escape":          {all(t, honest, item{name: "a\x1b[31mb", body: "x"}), "name", `a\u{1B}[31mb`},
		"IN-09 bidi":            {all(t, honest, item{name: "a\u202Egnp.exe", body: "x"}), "name", `a\u{202E}gnp.exe`},
		"IN-09 not UTF-8":       {[]string{tarOf(t, honest, item{name: "a\xff", body: "x"})}, "name", "a\uFFFD"},
		"IN-09 zero byte":       {[]string{zipOf(t, honest, item{name: "a\x00b", body: "x"})}, "name", `a\u{00}b`},
		"IN-09 backslash":       {[]string{tarOf(t, honest, item{name: `a\b`, body: "x"})}, "name", `a\b`},
		"IN-10 one path twice":  {both(t, honest, honest), "collision", "main.go"},
		"IN-10 file and folder": {both(t, item{name: "a/x", body: "x"}, item{name: "a", body: "x"}), "collision", "a"},
		"below a file":          {both(t, item{name: "a", body: "x"}, item{name: "a/x", body: "x"}), "path", "a/x"},
	} {
		for _, given := range c.given {
			refused := refusal(t, given, intake.Options{})
			require.Equal(t, c.rule, refused.Rule, "%s: %v", name, refused)
			if c.entry != "" {
				require.Equal(t, c.entry, refused.Entry, "%s: %v", name, refused)
			}
		}
	}
}

func both(t *testing.T, items ...item) []string {
	t.Helper()
	return []string{zipOf(t, items...), tarOf(t, items...)}
}

func all(t *testing.T, items ...item) []string {
	t.Helper()
	if runtime.GOOS == "windows" {
		return both(t, items...)
	}
	return append(both(t, items...), folderOf(t, items...))
}

func zipDevice(t *testing.T) string {
	t.Helper()
	var packed bytes.Buffer
	writer := zip.NewWriter(&packed)
	header := &zip.FileHeader{Name: "a"}
	header.SetMode(os.ModeDevice | 0o644)
	_, err := writer.CreateHeader(header)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return fileOf(t, "submission.zip", packed.Bytes())
}

func TestASocketInAFolderIsRefused(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such sockets in folders")
	}
	dir, err := os.MkdirTemp("/tmp", "s") //nolint:usetesting // a socket's path must be short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	refused := refusal(t, dir, intake.Options{})
	require.Equal(t, "type", refused.Rule)
	require.Equal(t, "it is a socket", refused.Why)
}

// IN-06: bombs are refused by what comes out of them, whatever they claim.
func TestBombsAreRefused(t *testing.T) {
	t.Parallel()
	zeros := string(make([]byte, 3<<20))
	for name, c := range map[string]struct {
		given  string
		limits intake.Limits
	}{
		"zip, by its ratio":            {zipOf(t, item{name: "a", body: zeros}), intake.Limits{}},
		"zip, by its bytes":            {zipOf(t, item{name: "a", body: zeros}), intake.Limits{MaxFile: 1 << 20}},
		"zip that lies":                {lyingZip(t, 2<<20), intake.Limits{}},
		"zip of overlapping entries":   {overlappingZip(t, 200, 1<<20), intake.Limits{}},
		"tar, by its ratio":            {tarOf(t, item{name: "a", body: zeros}), intake.Limits{}},
		"tar, by its bytes":            {tarOf(t, item{name: "a", body: zeros}), intake.Limits{MaxBytes: 1 << 20}},
		"tar, in what is left out":     {tarOf(t, item{name: "main.go", body: "x"}, item{name: ".git/x", body: zeros}), intake.Limits{}},
		"sparse tar":                   {sparseTar(t, 1<<40), intake.Limits{}},
		"folder, by one file":          {folderOf(t, item{name: "a", body: zeros}), intake.Limits{MaxFile: 1 << 20}},
		"archive that is too large":    {fileOf(t, "a.zip", make([]byte, 5000)), intake.Limits{MaxBytes: 1000}},
		"gzip of zeros that is no tar": {gzipOf(t, []byte(zeros)), intake.Limits{}},
	} {
		rule := refusal(t, c.given, intake.Options{Limits: c.limits}).Rule
		switch name {
		case "gzip of zeros that is no tar":
			require.Equal(t, "empty", rule, "two blocks of zeros end a tar")
		case "zip that lies":
			require.Equal(t, "format", rule)
		default:
			require.Equal(t, "size", rule, name)
		}
	}
}

// lyingZip holds a file that claims ten bytes and unpacks to many.
func lyingZip(t *testing.T, size int) string {
	t.Helper()
	content, err := os.ReadFile(zipOf(t, item{name: "a", body: string(make([]byte, size))}))
	require.NoError(t, err)
	var actual, claimed [4]byte
	binary.LittleEndian.PutUint32(actual[:], uint32(size))
	binary.LittleEndian.PutUint32(claimed[:], 10)
	return fileOf(t, "lying.zip", bytes.ReplaceAll(content, actual[:], claimed[:]))
}

// overlappingZip has many entries in its directory that all use the same compressed bytes.
func overlappingZip(t *testing.T, entries, size int) string {
	t.Helper()
	name := "a0000"
	content, err := os.ReadFile(zipOf(t, item{name: name, body: string(make([]byte, size))}))
	require.NoError(t, err)
	at := bytes.Index(content, []byte("PK\x01\x02"))
	end := bytes.Index(content, []byte("PK\x05\x06"))
	var packed bytes.Buffer
	packed.Write(content[:at])
	header := content[at:end]
	place := bytes.Index(header, []byte(name))
	for i := range entries {
		copy(header[place:], fmt.Appendf(nil, "%05x", i))
		packed.Write(header)
	}
	tail := bytes.Clone(content[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(entries))
	binary.LittleEndian.PutUint16(tail[10:], uint16(entries))
	binary.LittleEndian.PutUint32(tail[12:], uint32((end-at)*entries))
	packed.Write(tail)
	return fileOf(t, "overlap.zip", packed.Bytes())
}

// sparseTar claims a file that is nothing but a hole (PAX GNU.sparse 1.0).
func sparseTar(t *testing.T, size int64) string {
	t.Helper()
	var plain bytes.Buffer
	sparse := fmt.Sprintf("1\n%d\n0\n", size)
	body := append([]byte(sparse), make([]byte, 512-len(sparse))...)
	writer := tar.NewWriter(&plain)
	require.NoError(t, writer.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: "hole", Size: int64(len(body)), Mode: 0o644,
		PAXRecords: map[string]string{"TAKEHOME.sparse.major": "1", "TAKEHOME.sparse.minor": "0", "TAKEHOME.sparse.name": "hole", "TAKEHOME.sparse.realsize": strconv.FormatInt(size, 10)},
	}))
	_, err := writer.Write(body)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	// The writer refuses the real keys; a PAX record holds its own length, so the stand-in has the same.
	return gzipOf(t, renamePAX(plain.Bytes()))
}

// renamePAX turns records "NN TAKEHOME.sparse.x=…" into "NN GNU.sparse.x=…", padded at the front of the length.
func renamePAX(content []byte) []byte {
	for _, field := range []string{"major", "minor", "name", "realsize"} {
		long, short := []byte(" TAKEHOME.sparse."+field), []byte(" GNU.sparse."+field)
		at := bytes.Index(content, long)
		lineStart := bytes.LastIndexByte(content[:at], '\n') + 1
		if blank := bytes.LastIndexByte(content[:at], 0) + 1; blank > lineStart {
			lineStart = blank
		}
		digits := string(content[lineStart:at])
		padded := strings.Repeat("0", len(long)-len(short)) + digits
		content = append(content[:lineStart:lineStart], append(append([]byte(padded), short...), content[at+len(long):]...)...)
	}
	return content
}

// IN-07, and a directory that would take gigabytes of memory.
func TestTooManyEntriesAreRefused(t *testing.T) {
	t.Parallel()
	var items []item
	for i := range 300 {
		items = append(items, item{name: fmt.Sprintf("f%d", i)})
	}
	for _, given := range all(t, items...) {
		require.Equal(t, "count", refusal(t, given, intake.Options{Limits: intake.Limits{MaxFiles: 200}}).Rule)
		require.Equal(t, "count", refusal(t, given, intake.Options{Limits: intake.Limits{MaxFiles: 10}}).Rule)
		require.Equal(t, "count", refusal(t, given, intake.Options{Limits: intake.Limits{MaxPathText: 500}}).Rule)
	}
	require.Equal(t, "count", refusal(t, overlappingZip(t, 400_000, 1), intake.Options{}).Rule)
}

// IN-10: names that some systems take for the same are kept, all of them, and noted.
func TestCollidingNamesAreNoted(t *testing.T) {
	t.Parallel()
	items := []item{
		{name: "README", body: "upper"},
		{name: "readme", body: "lower"},
		{name: "caf\u00e9.txt", body: "NFC"},
		{name: "cafe\u0301.txt", body: "NFD"},
		{name: "Src/a", body: "x"},
		{name: "src/a", body: "x"},
	}
	const same = " have the same name on systems that do not tell upper from lower case or NFC from NFD"
	for _, given := range all(t, items...) {
		tree := open(t, given, intake.Options{})
		require.Len(t, listing(t, tree), 8)
		require.Equal(t, []string{"README and readme" + same, "Src and src" + same, "cafe\u0301.txt and caf\u00e9.txt" + same},
			sorted(tree.Submission.Notes))
	}
}

// IN-13: an archive inside the submission is a file like any other, and a file that is
// two archives at once is read as what it begins with.
func TestArchivesInsideStayClosed(t *testing.T) {
	t.Parallel()
	inner, err := os.ReadFile(zipOf(t, item{name: "../../x", body: "x"}))
	require.NoError(t, err)
	tree := open(t, tarOf(t, item{name: "inner.zip", body: string(inner)}), intake.Options{})
	require.Equal(t, map[string]string{"inner.zip": string(inner)}, listing(t, tree))
	outer, err := os.ReadFile(tarOf(t, item{name: "real.txt", body: "x"}))
	require.NoError(t, err)
	polyglot := fileOf(t, "polyglot.zip", append(outer, inner...))
	tree = open(t, polyglot, intake.Options{})
	require.Equal(t, map[string]string{"real.txt": "x"}, listing(t, tree))
}

// IN-16: a bare repository inside the submission is not one to us.
func TestABareRepositoryInsideIsOnlyFiles(t *testing.T) {
	t.Parallel()
	tree := open(t, folderOf(t, item{name: "x/HEAD", body: "ref: refs/heads/main"}, item{name: "x/hooks/post-checkout", body: "#!/bin/sh\ntouch /tmp/owned\n", mode: 0o755},
		item{name: "x/config", body: "[core]\nfsmonitor = touch /tmp/owned\n"}), intake.Options{})
	require.Len(t, listing(t, tree), 5)
	require.NoFileExists(t, "/tmp/owned")
}

// IN-18: addresses that would run something or read this machine.
func TestOddAddressesAreRefused(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		"ext::sh -c 'touch /tmp/owned'", "file:///etc", "FILE:///etc", "-uhttps://example.com/x", "--upload-pack=touch /tmp/owned",
		"ssh://git@example.com/x.git", "git@example.com:user/x.git", "git://example.com/x.git", "http://example.com/x.git",
		"https://", "https:///x", "https://example.com", "https://-oProxyCommand=x/y", "https://example.com/x?service=y",
		"http://127.0.0.1.example.com/x", "https://exa\nmple.com/x.git", "ftp://example.com/x", "http://[::2]/x",
	} {
		refused := refusal(t, given, intake.Options{})
		require.Equal(t, "url", refused.Rule, given)
		require.NotContains(t, refused.Error(), "\n")
	}
	require.NoFileExists(t, "/tmp/owned")
	require.NotContains(t, refusal(t, "http://user:hunter22@example.com/x.git", intake.Options{}).Error(), "hunter22")
}

// IN-20: whatever a tree holds that looks like settings of ours is a file like any other.
func TestSettingsInTheTreeAreOnlyFiles(t *testing.T) {
	t.Parallel()
	tree := open(t, zipOf(t, item{name: "takehome.yml", body: "max-submission-files: 1"}, item{name: "rubric.yaml", body: "x"}, item{name: "challenge.yaml", body: "x"}),
		intake.Options{})
	require.Equal(t, 3, tree.Submission.Files)
	require.Empty(t, tree.Submission.Notes)
}

func TestWindowsArchivesAreUnderstood(t *testing.T) {
	t.Parallel()
	tree := open(t, zipOf(t, item{name: `app\`}, item{name: `app\main.go`, body: "x"}, item{name: `app\lib\a.go`, body: "y"}), intake.Options{})
	require.Equal(t, map[string]string{"main.go": "x", "lib": "/", "lib/a.go": "y"}, listing(t, tree))
	require.Equal(t, []string{"the archive separates paths with backslashes; they were read as slashes"}, tree.Submission.Notes)

	var packed bytes.Buffer
	writer := zip.NewWriter(&packed)
	for name, body := range map[string]string{"\x9abersicht.txt": "x", "run.sh": "#!/bin/sh\n", "main.go": "package main\n"} {
		entry, err := writer.CreateHeader(&zip.FileHeader{Name: name, NonUTF8: true})
		require.NoError(t, err)
		_, err = io.WriteString(entry, body)
		require.NoError(t, err)
	}
	require.NoError(t, writer.Close())
	tree = open(t, fileOf(t, "old.zip", packed.Bytes()), intake.Options{})
	require.Contains(t, listing(t, tree), "Übersicht.txt")
	require.Equal(t, []string{"1 names in the archive are not UTF-8; they were read as code page 437"}, tree.Submission.Notes)
	if runtime.GOOS != "windows" {
		for name, want := range map[string]os.FileMode{"run.sh": 0o755, "main.go": 0o644} {
			info, err := os.Stat(filepath.Join(tree.Submission.Dir, name))
			require.NoError(t, err)
			require.Equal(t, want, info.Mode(), name)
		}
	}
}

func TestMacArchivesAreUnderstood(t *testing.T) {
	t.Parallel()
	tree := open(t, zipOf(t, item{name: "todo/main.go", body: "x"}, item{name: "__MACOSX/"}, item{name: "__MACOSX/todo/._main.go", body: "x"}), intake.Options{})
	require.Equal(t, map[string]string{"main.go": "x"}, listing(t, tree))
}

func TestEncryptedArchivesAreRefused(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(zipOf(t, item{name: "main.go", body: "x"}))
	require.NoError(t, err)
	for _, header := range []struct {
		magic string
		flags int
	}{{"PK\x03\x04", 6}, {"PK\x01\x02", 8}} {
		content[bytes.Index(content, []byte(header.magic))+header.flags] |= 1
	}
	refused := refusal(t, fileOf(t, "secret.zip", content), intake.Options{})
	require.Equal(t, "the archive is encrypted", refused.Why)
}
