package report

import (
	"encoding/base64"
	"html/template"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// How much of its exhibits the page shows. The rest is in report.json, and the page says so.
const (
	exhibitsShown = 12
	partsShown    = 12        // drawings, plans or tables of one exhibit
	drawingsShown = 512 << 10 // bytes of all drawings, before they are written as base64
	sourceShown   = 16 << 10  // bytes of the text of one drawing
	tableRows     = 200
	tableColumns  = 24
)

// exhibitView is one exhibit, a section of its own.
type exhibitView struct {
	Anchor    string
	TheirName string
	TheirNote string
	StaffOnly bool
	Drawings  []drawingView
	Plans     []planView
	Work      []workView
	Changes   bool // two plans are compared
	Tables    []tableView
	Hidden    int // parts that are in report.json only
}

// drawingView is a picture. Image is empty where it is too large for the page.
type drawingView struct {
	Anchor      string
	TheirTitle  string
	Image       template.URL
	Wide        bool // too wide to be read when it is made to fit
	TheirSource string
	TheirSyntax string
	Cut         string
}

// tableView is a table with at most as many cells as can be read.
type tableView struct {
	TheirTitle   string
	TheirColumns []columnView
	Rows         [][]cellView
	Hidden       int // rows
}

type columnView struct {
	Their   string
	Figures bool // every value is a number
}

type cellView struct {
	Their   string
	Figures bool
}

// addExhibits fills the sections between the losses and the checks.
func (p *page) addExhibits(exhibits []takehome.Exhibit) {
	room := drawingsShown
	for i, each := range exhibits[:min(len(exhibits), exhibitsShown)] {
		p.Exhibits = append(p.Exhibits, newExhibit(each, "exhibit-"+strconv.Itoa(i+1), &room))
	}
	p.MoreExhibits = max(0, len(exhibits)-exhibitsShown)
}

func newExhibit(of takehome.Exhibit, at string, room *int) exhibitView {
	view := exhibitView{
		Anchor: at, TheirName: takehome.Line(of.Title), TheirNote: clipped(of.Note, bodyShown), StaffOnly: of.StaffOnly,
		Work: newWork(of.Plans), Changes: len(of.Plans) == 2,
	}
	for i, each := range of.Drawings[:min(len(of.Drawings), partsShown)] {
		view.Drawings = append(view.Drawings, newDrawing(each, at+"-"+strconv.Itoa(i+1), room))
	}
	for _, each := range of.Plans[:min(len(of.Plans), partsShown)] {
		view.Plans = append(view.Plans, newPlan(each))
	}
	for _, each := range of.Tables[:min(len(of.Tables), partsShown)] {
		view.Tables = append(view.Tables, newTable(each))
	}
	for _, parts := range []int{len(of.Drawings), len(of.Plans), len(of.Tables)} {
		view.Hidden += max(0, parts-partsShown)
	}
	return view
}

// newDrawing shows a drawing as an image: nothing in it can run or load anything, whatever it holds.
func newDrawing(of takehome.Drawing, at string, room *int) drawingView {
	view := drawingView{
		Anchor: at, TheirTitle: takehome.Line(of.Title), TheirSyntax: takehome.Line(of.Syntax),
		TheirSource: clipped(of.Source, sourceShown),
	}
	switch {
	case of.SVG == "":
	case len(of.SVG) > *room:
		view.Cut = "The drawing is too large for this page; report.json has it."
	default:
		*room -= len(of.SVG)
		view.Wide = widthOf(of.SVG) > fittingWidth
		encoded := base64.StdEncoding.EncodeToString([]byte(of.SVG))
		view.Image = template.URL("data:image/svg+xml;base64," + encoded) //nolint:gosec // base64 cannot leave the attribute, and an image runs nothing
	}
	return view
}

// fittingWidth is up to how many pixels a drawing can be read when it is made to fit a page.
const fittingWidth = 1700

// widthOf reads the width of a drawing from its first element; 0 where it does not say.
func widthOf(svg string) int {
	head, _, _ := strings.Cut(svg, ">")
	_, value, found := strings.Cut(head, ` width="`)
	if !found {
		return 0
	}
	value, _, _ = strings.Cut(value, `"`)
	whole, _, _ := strings.Cut(strings.TrimSuffix(value, "px"), ".")
	width, err := strconv.Atoi(whole)
	if err != nil {
		return 0
	}
	return max(width, 0)
}

func newTable(of takehome.Table) tableView {
	view := tableView{TheirTitle: takehome.Line(of.Title), Hidden: max(0, len(of.Rows)-tableRows)}
	rows := of.Rows[:min(len(of.Rows), tableRows)]
	for i, name := range of.Columns[:min(len(of.Columns), tableColumns)] {
		view.TheirColumns = append(view.TheirColumns, columnView{takehome.Line(name), isFigures(rows, i)})
	}
	for _, row := range rows {
		var cells []cellView
		for i, value := range row[:min(len(row), tableColumns)] {
			figures := i < len(view.TheirColumns) && view.TheirColumns[i].Figures
			cells = append(cells, cellView{takehome.Line(value), figures})
		}
		view.Rows = append(view.Rows, cells)
	}
	return view
}

// isFigures reports whether a column holds numbers and nothing else but NULL.
func isFigures(rows [][]string, column int) bool {
	numbers := 0
	for _, row := range rows {
		if column >= len(row) || row[column] == "" || row[column] == "NULL" {
			continue
		}
		if strings.Trim(strings.TrimLeft(row[column], "-+"), "0123456789.,% ") != "" {
			return false
		}
		numbers++
	}
	return numbers > 0
}
