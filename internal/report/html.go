package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"github.com/takehome-dev/takehome/internal/takehome"
)

//go:embed page
var pageFiles embed.FS

// writeHTML writes one self-contained page: no script, no external resource, one
// style sheet that the page's own policy names by its hash. A browser that obeys
// the policy could not run or load anything even if a stranger's text got through.
func writeHTML(w io.Writer, r takehome.Report) error {
	style, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		return fmt.Errorf("read the style sheet: %w", err)
	}
	layout, err := template.New("page").ParseFS(pageFiles, "page/*.html")
	if err != nil {
		return fmt.Errorf("read the page's layout: %w", err)
	}
	view := newPage(r)
	view.Style = template.CSS(style) //nolint:gosec // our own file, embedded; its bytes must arrive unchanged to fit their hash
	view.Policy = policyFor(style)
	return layout.ExecuteTemplate(w, "page.html", view)
}

// policyFor allows the one style sheet and nothing else. data: images are allowed for the icon of the page.
func policyFor(style []byte) string {
	sum := sha256.Sum256(style)
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src data:; base-uri 'none'; form-action 'none'"
}
