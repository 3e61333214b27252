package report

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// browser is the headless Chromium of this machine. Without one the test is skipped
// with a visible line, or fails where TAKEHOME_REQUIRE_BROWSER=1 says that there must be one.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	require.NotEqual(t, "1", os.Getenv("TAKEHOME_REQUIRE_BROWSER"), "no Chromium: apt-get install chromium")
	t.Skip("SKIPPED: no Chromium on this machine, so the page was not opened; apt-get install chromium")
	return ""
}

// open opens an address and returns the document as the browser holds it after everything ran.
func open(t *testing.T, address string, flags ...string) string {
	t.Helper()
	// The browser's helpers may still write while it ends, which t.TempDir would not forgive.
	profile, err := os.MkdirTemp("", "takehome-browser-") //nolint:usetesting // see above
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	flags = append(flags,
		"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir="+profile,
		"--virtual-time-budget=10000", "--dump-dom", address)
	command := exec.CommandContext(t.Context(), browser(t), flags...)
	command.WaitDelay = 10 * time.Second
	document, err := command.Output()
	require.NoError(t, err)
	require.NotEmpty(t, document)
	return string(document)
}

// site serves pages by name and notes every request for anything else.
type site struct {
	*httptest.Server
	mutex sync.Mutex
	pages map[string]string
	stray []string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{pages: map[string]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		page, ok := s.pages[strings.TrimPrefix(request.URL.Path, "/")]
		if !ok {
			s.stray = append(s.stray, request.URL.Path)
			http.NotFound(w, request)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) serve(name, page string) string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.pages[name] = page
	return s.URL + "/" + name
}

func (s *site) strays() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.stray
}

// RP-01: a stranger's text in every field neither runs, nor loads, nor adds an element.
func TestHostileTextIsInertInABrowser(t *testing.T) {
	t.Parallel()
	browser(t)
	site := newSite(t)
	payload := strings.ReplaceAll(polyglot, canaryAddress, strings.TrimPrefix(site.URL, "http://"))
	r := hostileReport(t, payload)
	document := open(t, site.serve("hostile", rendered(t, "html", r)))

	title := regexp.MustCompile(`(?s)<title>(.*?)</title>`).FindStringSubmatch(document)
	require.Len(t, title, 2)
	require.Equal(t, newPage(r).Title, html.UnescapeString(title[1]), "no script changed the title")
	require.Empty(t, site.strays(), "nothing was loaded")

	drawn := schemaReport(t)
	drawn.Exhibits[0].Drawings[0].SVG = strings.ReplaceAll(wideDrawing(), canaryAddress, strings.TrimPrefix(site.URL, "http://"))
	document = open(t, site.serve("drawn", rendered(t, "html", drawn)))
	require.NotContains(t, document, "OWNED", "a drawing runs nothing")
	require.Empty(t, site.strays(), "a drawing loads nothing")

	document = open(t, site.serve("hostile", rendered(t, "html", r)))
	harmless := open(t, site.serve("harmless", rendered(t, "html", hostileReport(t, strings.Map(harmlessly, payload)))))
	require.Equal(t, elements(harmless), elements(document), "the same elements as with harmless text of the same length")
}

// harmlessly replaces every character that means something to a page.
func harmlessly(r rune) rune {
	if strings.ContainsRune(`<>"'&={}()$;:/*#[]`, r) {
		return 'x'
	}
	return r
}

// elements lists the tags of a document in their order.
func elements(document string) []string {
	body := document[strings.Index(document, "<body"):]
	return regexp.MustCompile(`</?[a-zA-Z][a-zA-Z0-9]*`).FindAllString(body, -1)
}

// measure is the script of a page of ours that holds reports in frames, opens
// everything in them, and says how they are laid out.
const measure = `
function luminance(c) {
  const [r, g, b] = c.map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4) });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function colour(text) { return text.match(/[\d.]+/g).map(Number) }
const grounds = new WeakMap();
function ground(element, view) {
  if (!element) return [255, 255, 255];
  if (!grounds.has(element)) {
    const c = colour(view.getComputedStyle(element).backgroundColor);
    grounds.set(element, c.length < 4 || c[3] > 0.99 ? c.slice(0, 3) : ground(element.parentElement, view));
  }
  return grounds.get(element);
}
function look(frame) {
  const view = frame.contentWindow, page = frame.contentDocument;
  for (const d of page.querySelectorAll('details')) d.open = true;
  const found = {name: frame.dataset.name, width: frame.clientWidth, scroll: page.documentElement.scrollWidth,
    dark: view.matchMedia('(prefers-color-scheme: dark)').matches, contrast: 21, where: '', outside: '',
    titles: page.querySelectorAll('h1').length, levels: '', unnamed: 0, styled: view.getComputedStyle(page.body).marginTop === '0px'};
  let before = 0;
  for (const h of page.querySelectorAll('h1, h2, h3, h4')) {
    const level = Number(h.tagName[1]);
    if (level > before + 1) found.levels += h.textContent + ' ';
    before = level;
  }
  for (const svg of page.querySelectorAll('svg[role=img]')) if (!svg.querySelector('title').textContent) found.unnamed++;
  for (const e of page.body.querySelectorAll('*')) {
    if (e.closest('.sprite, .skip, .unseen, thead')) continue;
    const box = e.getBoundingClientRect();
    if (box.width > 0 && box.right > frame.clientWidth + 0.5 && !found.outside && !e.parentElement.closest('.pane')) found.outside = e.tagName + '.' + e.className;
    const text = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!text || e.closest('svg') || box.width === 0) continue;
    const a = luminance(colour(view.getComputedStyle(e).color).slice(0, 3)), b = luminance(ground(e, view));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < found.contrast) { found.contrast = ratio; found.where = e.tagName + '.' + e.className; }
  }
  return found;
}
window.onload = () => {
  const all = [...document.querySelectorAll('iframe')].map(look);
  const result = document.createElement('pre');
  result.id = 'measured';
  result.textContent = JSON.stringify(all);
  document.body.replaceChildren(result);
};`

// measured is what the script says about one report in one width.
type measured struct {
	Name, Where, Outside, Levels   string
	Width, Scroll, Titles, Unnamed int
	Contrast                       float64
	Dark, Styled                   bool
}

func TestPageIsLaidOutForEveryReader(t *testing.T) {
	t.Parallel()
	browser(t)
	site := newSite(t)
	var frames strings.Builder
	all := samples(t)
	all["long"] = hostileReport(t, longLine)
	for name, r := range all {
		switch name {
		case "weak", "interrupted": // the same parts as the others
			continue
		}
		site.serve(name, rendered(t, "html", r))
		for _, width := range []int{390, 1280} {
			fmt.Fprintf(&frames, `<iframe src="/%s" data-name="%s" style="border:0;width:%dpx;height:800px"></iframe>`, name, name, width)
		}
	}
	wall := site.serve("wall", "<!doctype html><link rel=icon href=data:,><script>"+measure+"</script><body>"+frames.String())
	for _, dark := range []bool{false, true} {
		scheme := "--blink-settings=preferredColorScheme=1"
		if dark {
			scheme = "--blink-settings=preferredColorScheme=0"
		}
		for _, each := range measuredIn(t, open(t, wall, scheme)) {
			at := fmt.Sprintf("%s at %d px, dark %v", each.Name, each.Width, dark)
			require.True(t, each.Styled, "%s: the page's policy lets its own style sheet in", at)
			require.Equal(t, dark, each.Dark, at)
			require.LessOrEqual(t, each.Scroll, each.Width, "%s: nothing is wider than the window, but %s", at, each.Outside)
			require.Empty(t, each.Outside, "%s: nothing is cut off at the right", at)
			require.GreaterOrEqual(t, each.Contrast, 4.5, "%s: %s", at, each.Where)
			require.Equal(t, 1, each.Titles, at)
			require.Empty(t, each.Levels, "%s: no heading skips a level", at)
			require.Zero(t, each.Unnamed, at)
		}
	}
	require.Empty(t, site.strays())
}

func measuredIn(t *testing.T, document string) []measured {
	t.Helper()
	text := regexp.MustCompile(`(?s)<pre id="measured">(.*?)</pre>`).FindStringSubmatch(document)
	require.Len(t, text, 2, "the script did not end: %s", takehome.Line(document))
	var all []measured
	require.NoError(t, json.Unmarshal([]byte(html.UnescapeString(text[1])), &all))
	require.NotEmpty(t, all)
	return all
}
