package intake

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1" // the hash of git
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// packed is an object of a pack that a test writes byte by byte.
type packed struct {
	kind    byte // 1 commit, 2 tree, 3 blob, 6 difference by offset, 7 by id
	content []byte
	claims  int64  // size in the header; 0 means the real one
	base    []byte // what stands between header and content of a difference
}

func packOf(objects ...packed) []byte {
	return packClaiming(uint32(len(objects)), objects...)
}

func packClaiming(count uint32, objects ...packed) []byte {
	pack := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), count)
	for _, object := range objects {
		size := object.claims
		if size == 0 {
			size = int64(len(object.content))
		}
		first := object.kind<<4 | byte(size&15)
		for size >>= 4; size > 0; size >>= 7 {
			pack = append(pack, first|0x80)
			first = byte(size & 0x7f)
		}
		pack = append(append(pack, first), object.base...)
		var squeezed bytes.Buffer
		writer := zlib.NewWriter(&squeezed)
		_, _ = writer.Write(object.content) // to memory
		_ = writer.Close()
		pack = append(pack, squeezed.Bytes()...)
	}
	sum := sha1.Sum(pack) // the hash of git
	return append(pack, sum[:]...)
}

func idOf(kind string, content []byte) []byte {
	sum := sha1.Sum(append(fmt.Appendf(nil, "%s %d\x00", kind, len(content)), content...)) // the hash of git
	return sum[:]
}

func treeLine(mode, name string, id []byte) []byte {
	return append([]byte(mode+" "+name+"\x00"), id...)
}

// submissionOf makes a pack with one commit of one tree, and the commit's id.
func submissionOf(tree []byte, more ...packed) (pack []byte, commit string) {
	text := fmt.Appendf(nil, "tree %x\nauthor A <a@example.com> 0 +0000\n\nx", idOf("tree", tree))
	return packOf(append([]packed{{kind: 1, content: text}, {kind: 2, content: tree}}, more...)...), hex.EncodeToString(idOf("commit", text))
}

func surveyPack(tb testing.TB, pack []byte, commit string, limits Limits) (list, error) {
	tb.Helper()
	name := filepath.Join(tb.TempDir(), "pack")
	require.NoError(tb, os.WriteFile(name, pack, 0o600))
	opened, err := openPack(tb.Context(), name, limits)
	if err != nil {
		return list{}, err
	}
	defer opened.close()
	address, err := parseGitAddress("https://example.com/x.git#" + commit)
	require.NoError(tb, err)
	source, err := newGitSource(opened, plumbing.NewHash(commit), address)
	if err != nil {
		return list{}, err
	}
	found, err := survey(tb.Context(), delivery{source: source}, limits)
	if err != nil {
		return list{}, err
	}
	_, err = pour(tb.Context(), source, found, filepath.Join(tb.TempDir(), "tree"), limits)
	return found, err
}

func TestAHandmadePackIsRead(t *testing.T) {
	t.Parallel()
	body := []byte("hello\n")
	pack, commit := submissionOf(treeLine("100644", "a.txt", idOf("blob", body)), packed{kind: 3, content: body})
	found, err := surveyPack(t, pack, commit, DefaultLimits())
	require.NoError(t, err)
	require.Len(t, found.entries, 1)
}

func TestHostileTreesAreRefused(t *testing.T) {
	t.Parallel()
	body := []byte("hello\n")
	blob, id := packed{kind: 3, content: body}, idOf("blob", body)
	honest := treeLine("100644", "main.go", id)
	for name, c := range map[string]struct {
		tree []byte
		rule string
	}{
		"climbs":        {treeLine("100644", "..", id), rulePath},
		"dot":           {treeLine("100644", ".", id), rulePath},
		"with a slash":  {treeLine("100644", "../../x", id), rulePath},
		"absolute":      {treeLine("100644", "/etc/x", id), rulePath},
		"nameless":      {treeLine("100644", "", id), rulePath},
		"carriage":      {treeLine("100644", "a\r", id), ruleName},
		"backslash":     {treeLine("100644", `..\x`, id), ruleName},
		"twice":         {append(bytes.Clone(honest), honest...), ruleCollision},
		"strange mode":  {treeLine("100000", "a", id), ruleType},
		"link out":      {append(treeLine("120000", "a", idOf("blob", []byte("/etc/passwd"))), honest...), ruleSymlink},
		"no blob":       {treeLine("100644", "a", idOf("blob", []byte("elsewhere"))), ruleGit},
		"blob as tree":  {treeLine("40000", "a", id), ruleGit},
		"ends early":    {honest[:len(honest)-3], ruleGit},
		"only its .git": {treeLine("100644", ".git", id), ruleEmpty},
		"only .GIT":     {treeLine("100644", ".GiT", id), ruleEmpty},
	} {
		pack, commit := submissionOf(c.tree, blob, packed{kind: 3, content: []byte("/etc/passwd")})
		_, err := surveyPack(t, pack, commit, DefaultLimits())
		var refused *takehome.Refusal
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, c.rule, refused.Rule, "%s: %v", name, refused)
	}
}

// A tree whose ten folders are all the same tree of ten folders, and so on: 10^10 files in eleven objects.
func TestATreeBombIsRefused(t *testing.T) {
	t.Parallel()
	body := []byte("x")
	id, mode := idOf("blob", body), "100644"
	objects := []packed{{kind: 3, content: body}}
	var tree []byte
	for level := range 10 {
		tree = nil
		for i := range 10 {
			tree = append(tree, treeLine(mode, fmt.Sprintf("l%dn%d", level, i), id)...)
		}
		if level < 9 {
			objects = append(objects, packed{kind: 2, content: tree})
		}
		id, mode = idOf("tree", tree), "40000"
	}
	pack, commit := submissionOf(tree, objects...)
	_, err := surveyPack(t, pack, commit, DefaultLimits())
	require.ErrorContains(t, err, "refused (count)")
}

func TestHostilePacksAreRefused(t *testing.T) {
	t.Parallel()
	blob := packed{kind: 3, content: []byte("hello hello hello")}
	honest := packOf(blob)
	for name, pack := range map[string][]byte{
		"nothing":                     {},
		"no pack":                     []byte("hello"),
		"four billion objects":        packClaiming(0xffffffff, blob),
		"fewer than claimed":          packClaiming(2, blob),
		"truncated":                   honest[:len(honest)-25],
		"zlib bomb":                   packOf(packed{kind: 3, content: make([]byte, 1<<20), claims: maxObject + 1}),
		"claims terabytes":            packOf(packed{kind: 3, content: []byte("x"), claims: 1 << 42}),
		"claims too little":           packOf(packed{kind: 3, content: make([]byte, 1<<20), claims: 3}),
		"claims too much":             packOf(packed{kind: 3, content: []byte("x"), claims: 4}),
		"unknown kind":                packOf(packed{kind: 5, content: []byte("x")}),
		"difference to nothing":       packOf(packed{kind: 6, content: []byte{17, 17, 0x91, 0, 17}, base: []byte{3}}),
		"difference to itself":        packOf(packed{kind: 6, content: []byte{17, 17, 0x91, 0, 17}, base: []byte{0}}),
		"difference to an unknown id": packOf(packed{kind: 7, content: []byte{17, 17, 0x91, 0, 17}, base: make([]byte, 20)}),
		"difference that makes terabytes": packOf(blob, packed{
			kind: 6, content: []byte{17, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0x91, 0, 17},
			base: []byte{byte(len(honest) - 12 - 20)},
		}),
		"difference that ends early": packOf(blob, packed{kind: 6, content: []byte{0x91}, base: []byte{byte(len(honest) - 12 - 20)}}),
	} {
		_, err := surveyPack(t, pack, strings.Repeat("ab", 20), DefaultLimits())
		require.Equal(t, takehome.Candidate, takehome.OwnerOf(err), "%s: %v", name, err)
	}
}

// FuzzPack feeds any bytes as a pack: nothing panics, hangs or takes gigabytes, and
// every error says whose it is.
func FuzzPack(f *testing.F) {
	body := []byte("hello hello hello")
	tree := treeLine("100644", "a.txt", idOf("blob", body))
	text := fmt.Appendf(nil, "tree %x\n\nx", idOf("tree", tree))
	pack := packOf(packed{kind: 1, content: text}, packed{kind: 2, content: tree}, packed{kind: 3, content: body},
		packed{kind: 7, content: []byte{17, 17, 0x91, 0, 17}, base: idOf("blob", body)})
	f.Add(pack)
	f.Add(packOf(packed{kind: 3, content: body}, packed{kind: 6, content: []byte{17, 17, 0x91, 9, 17}, base: []byte{22}}))
	f.Add(packClaiming(7, packed{kind: 6, content: []byte{1, 1, 1, 'x'}, base: []byte{12}}))
	f.Fuzz(func(t *testing.T, pack []byte) {
		_, err := surveyPack(t, pack, hex.EncodeToString(idOf("commit", text)), Limits{MaxBytes: 1 << 20, MaxFiles: 100}.orDefaults())
		if err != nil {
			require.NotEqual(t, takehome.Takehome, takehome.OwnerOf(err), "%v", err)
		}
	})
}
