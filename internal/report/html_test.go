package report

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestPageAllowsItsOwnStyleSheetAndNothingElse(t *testing.T) {
	t.Parallel()
	page := rendered(t, "html", hostileReport(t, polyglot))
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page)
	require.Len(t, style, 2)
	hash := sha256.Sum256([]byte(style[1]))
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	require.Len(t, policy, 2)
	allowed := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(policy[1])
	require.Equal(t, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(hash[:])+
		"'; img-src data:; base-uri 'none'; form-action 'none'", allowed)
	require.Less(t, strings.Index(page, "Content-Security-Policy"), strings.Index(page, "<style>"))
}

func TestPageIsSelfContained(t *testing.T) {
	t.Parallel()
	outside := regexp.MustCompile(`(?i)\b(src|srcset|action|formaction|data|poster|background)\s*=|\bstyle\s*=|\bon[a-z]+\s*=|<script|<iframe|<object|<embed|<form|@import|url\(`)
	inside := regexp.MustCompile(`href="(#[A-Za-z0-9_-]+|data:image/svg[^"]*)"`)
	allowed := regexp.MustCompile(`data-of="[a-z ]*"|^<img src="data:image/svg&#43;xml;base64,([A-Za-z0-9/=]|&#43;)*" `)
	for name, r := range samples(t) {
		page := rendered(t, "html", r)
		for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(page, -1) {
			if strings.HasPrefix(tag, "<meta") || strings.HasPrefix(tag, "<!doctype") {
				continue
			}
			require.NotRegexp(t, outside, allowed.ReplaceAllString(tag, ""), name)
			if strings.Contains(tag, "href") {
				require.Regexp(t, inside, tag, name)
			}
		}
		require.NotContains(t, page, "ZgotmplZ", name)
	}
}

// Every link leads somewhere, and every name of a place is there once.
func TestPageLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for name, r := range samples(t) {
		page := rendered(t, "html", r)
		places := map[string]bool{}
		for _, id := range regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			require.False(t, places[id[1]], "%s: %s is there twice", name, id[1])
			places[id[1]] = true
		}
		for _, link := range regexp.MustCompile(`(?:href="#|aria-labelledby=")([^"]*)"`).FindAllStringSubmatch(page, -1) {
			require.True(t, places[link[1]], "%s: nothing is called %s", name, link[1])
		}
	}
}

func TestPageStaysSmall(t *testing.T) {
	t.Parallel()
	require.Less(t, len(rendered(t, "html", hugeReport())), 1_000_000)
	// Not even the author's own words are short here, and every character takes five; the
	// drawings fill their room.
	require.Less(t, len(rendered(t, "html", hostileReport(t, strings.Repeat(`"<&`, 40_000)))), 1_900_000+drawingsShown*4/3)
	require.Less(t, len(rendered(t, "html", queryReport(t))), 350_000)
	require.Less(t, len(rendered(t, "html", strongReport(t))), 300_000)
}

// Of many exchanges, the page shows the one that failed, however late it came.
func TestPageShowsTheExchangeThatFailed(t *testing.T) {
	t.Parallel()
	page := rendered(t, "html", hugeReport())
	first := page[strings.Index(page, `id="loss-X001"`):]
	first = first[:strings.Index(first, "</article>")]
	require.Contains(t, first, "the step that failed")
	require.Contains(t, first, "7 more pieces of evidence")
	require.Contains(t, first, "4 more in report.json")
	require.Contains(t, first, `&#34;a<mark>nother</mark> todo&#34;`)
	require.Contains(t, page, "<summary>48 more</summary>")
}

func TestPageExplainsEachKindOfOutcome(t *testing.T) {
	t.Parallel()
	page := rendered(t, "html", strongReport(t))
	for _, verdict := range []takehome.Verdict{takehome.Duplicate, takehome.NotApplicable, takehome.NotAssessed} {
		require.Contains(t, page, wordingOf(verdict).Meaning)
	}
	require.Contains(t, page, "charged under D14")
	require.Contains(t, page, "Look for a split between HTTP, rules and storage")
	require.Contains(t, page, `<span class="badge">flaky</span>`)
	require.Contains(t, page, `<span class="badge">bonus</span>`)
}

func TestDifferenceMarksWhereValuesPart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ wanted, got, show string }{
		{"201", "200", "[201] [200]"}, // three characters are read faster than their difference
		{"application/json", "application/xml", "application/[json] application/[xml]"},
		{`"buy milk"`, `"buy silk"`, `"buy [m]ilk" "buy [s]ilk"`},
		{"same text", "same text", "same text[] same text[]"},
		{"", "anything", "[] [anything]"},
		{"aaaa", "aaaaaa", "aaaa[] aaaa[aa]"},
		{"日本語です", "日本誤です", "日本[語]です 日本[誤]です"},
	} {
		d := newDifference(takehome.Difference{Wanted: test.wanted, Got: test.got})
		show := d.TheirHead + "[" + d.TheirWanted + "]" + d.TheirTail + " " + d.TheirHead + "[" + d.TheirGot + "]" + d.TheirTail
		require.Equal(t, test.show, show)
	}
}

func TestAnchorIsSafeInAnAddress(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"B01": "B01", "create-todo": "create-todo", "a b": "a_20b", `"><x`: "_22_3e_3cx", "ü": "_fc"} {
		require.Equal(t, want, anchor(id))
	}
}
