package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// setupView is how the submission was understood: every decision with its source.
type setupView struct {
	HandedIn  []factView
	Binding   []bindingView
	Build     []factView
	BuildArgs []settingView
	Start     []factView
	Env       []settingView
	Boot      []factView
	StandIns  []standInView
	Notes     []string
	// OfAPI tells that the binding is that of an API, otherwise of a schema.
	OfAPI bool
	// Nothing says why nothing was built or started; empty where something was.
	Nothing string
}

type bindingView struct {
	TheirName, TheirValue, TheirSource string
	Confidence                         int
	Part                               bool   // of what the entry before it stands for
	Caution                            string // "assumed", "not relied on"
}

type factView struct{ Name, TheirValue string }

type settingView struct{ TheirName, TheirValue, TheirSource string }

type standInView struct {
	TheirWanted, Used string
	Exact             bool
}

// phaseView is one phase of the run, drawn in a bar of 100 units.
type phaseView struct {
	Name, Elapsed, From, Length string
	Shade                       int // of eight
}

type logView struct {
	Title string
	Text  *textView
}

// addRun fills the sections about how the run went and how the submission was understood.
func (p *page) addRun(r takehome.Report) {
	c := r.Canonical
	p.Setup = setupView{HandedIn: handedIn(c, r.Run.Origin), Binding: newBinding(c.Challenge.Kind, c.Binding), Boot: bootFacts(r.Run.Boot)}
	p.Setup.addRecipe(c.Recipe)
	p.Setup.addPlan(c.Plan)
	p.Setup.addImage(r.Run.Image)
	p.Setup.Notes = append(p.Setup.Notes, lines(c.Submission.Notes, listShown)...)
	p.Setup.OfAPI = c.Challenge.Kind == apiKind
	switch {
	case c.Recipe != nil || c.Plan != nil || r.Run.Boot != nil:
	case c.Status != takehome.Graded:
		p.Setup.Nothing = "The run did not come further."
	default:
		p.Setup.Nothing = "Nothing of the submission was built or started. Its SQL ran in a Postgres of its own."
	}
	p.addPhases(r.Run.Phases)
	p.Environment = newSettings(r.Run.Environment)
	p.Notes = lines(r.Run.Notes, listShown)
	for _, each := range []logView{
		{"Build log", newTail(&r.Run.BuildLog, logShown)},
		{"Program log", newTail(&r.Run.ProgramLog, logShown)},
	} {
		if each.Text != nil {
			p.Logs = append(p.Logs, each)
		}
	}
}

// apiKind is the kind of challenge whose binding is the shape of an API.
const apiKind = "rest-api"

// newBinding shows what was taken for what. Of a schema a decision below 80 per cent is told
// to be an assumption, and below 50 per cent no check relies on it.
func newBinding(kind string, entries []takehome.BindingEntry) []bindingView {
	var views []bindingView
	for _, each := range entries[:min(len(entries), listShown)] {
		view := bindingView{
			TheirName: takehome.Line(each.Name), TheirValue: takehome.Line(each.Value), TheirSource: takehome.Line(each.Source),
			Confidence: each.Confidence,
		}
		if kind != apiKind {
			view.Part = strings.Contains(each.Name, ".")
			switch {
			case view.Part || strings.HasPrefix(each.Source, "assumed") || strings.HasPrefix(each.Source, "unsure"): // it is said already
			case each.Confidence < 50:
				view.Caution = "not relied on"
			case each.Confidence < 80:
				view.Caution = "assumed"
			}
		}
		views = append(views, view)
	}
	return views
}

func newSettings(settings []takehome.Setting) []settingView {
	var views []settingView
	for _, each := range settings[:min(len(settings), listShown)] {
		views = append(views, settingView{takehome.Line(each.Name), takehome.Line(each.Value), takehome.Line(each.Source)})
	}
	return views
}

// facts drops those without a value.
func facts(all ...factView) []factView {
	var kept []factView
	for _, each := range all {
		if each.TheirValue != "" {
			kept = append(kept, each)
		}
	}
	return kept
}

func (v *setupView) addRecipe(recipe *takehome.Recipe) {
	if recipe == nil {
		return
	}
	source := takehome.Line(recipe.Source)
	if recipe.Generated {
		source += " (the submission has no Dockerfile; we wrote one)"
	}
	v.Build = facts(
		factView{"Built from", source},
		factView{"Language", takehome.Line(recipe.Language)},
		factView{"Folder", folderWords(recipe.Context)},
		factView{"Stage", takehome.Line(recipe.Target)},
		factView{"Starts from", words(recipe.Bases, ", ")},
	)
	v.BuildArgs = newSettings(recipe.Args)
	v.Notes = append(v.Notes, lines(recipe.Notes, listShown)...)
}

func (v *setupView) addPlan(plan *takehome.StartPlan) {
	if plan == nil {
		return
	}
	command := words(plan.Command, " ")
	if command == "" {
		command = "the image's own"
	}
	v.Start = facts(
		factView{"Folder", folderWords(plan.Folder)},
		factView{"Command", sourced(command, plan.CommandBy)},
		factView{"Migration", migrationWords(plan.Migration)},
		factView{"Ready when", takehome.Line(plan.Ready)},
	)
	for _, port := range plan.Ports[:min(len(plan.Ports), listShown)] {
		v.Start = append(v.Start, factView{"Names port", sourced(strconv.Itoa(port.Number), port.Source)})
	}
	v.Env = newSettings(plan.Env)
	v.Notes = append(v.Notes, lines(plan.Notes, listShown)...)
}

func migrationWords(migration *takehome.Migration) string {
	if migration == nil {
		return ""
	}
	steps := nonEmpty(words(migration.Files, ", "), words(migration.Command, " "))
	return sourced(strings.Join(steps, ", then "), migration.Source)
}

// handedIn says what was graded.
func handedIn(c takehome.Canonical, origin takehome.Origin) []factView {
	content := ""
	if c.Submission.Digest != "" {
		content = count(c.Submission.Files, "file", "files") + ", " + size(c.Submission.Bytes)
	}
	return facts(
		factView{"As", strings.Join(nonEmpty(takehome.Line(origin.Kind), takehome.Line(origin.Given)), " ")},
		factView{"Commit", takehome.Line(origin.Commit)},
		factView{"Content", content},
		factView{"Digest", takehome.Line(c.Submission.Digest)},
	)
}

func folderWords(folder string) string {
	if folder == "." {
		return "the root of the submission"
	}
	return takehome.Line(folder)
}

func (v *setupView) addImage(image *takehome.Image) {
	if image == nil {
		return
	}
	v.Build = append(v.Build, facts(
		factView{"Image", takehome.Line(image.ID)},
		factView{"Image size", size(image.Bytes)},
		factView{"Runs as", takehome.Line(image.User)},
	)...)
	for _, each := range image.Substitutes[:min(len(image.Substitutes), listShown)] {
		v.StandIns = append(v.StandIns, standInView{takehome.Line(each.Wanted), takehome.Line(each.Used), each.Exact})
	}
}

func bootFacts(boot *takehome.Boot) []factView {
	if boot == nil {
		return nil
	}
	listens := "no"
	if boot.Listening {
		listens = "yes"
	}
	return facts(
		factView{"Listens", listens},
		factView{"Its port", portWords(boot.PortBy)},
		factView{"File system", takehome.Line(boot.Profile)},
		factView{"Process", exitWords(boot.Exit)},
		factView{"Database", fmt.Sprintf("%s to the address it was given, %d to another",
			count(boot.Database.Given, "connection", "connections"), boot.Database.Other)},
	)
}

func portWords(by takehome.PortSource) string {
	switch by {
	case takehome.PortGiven:
		return "the one we gave it"
	case takehome.PortDeclared:
		return "the one its repository announces"
	case takehome.PortOther:
		return "another one, found by looking"
	}
	return takehome.Line(string(by))
}

func exitWords(exit takehome.Exit) string {
	switch {
	case exit.Running:
		return "running"
	case exit.OutOfMemory:
		return "ended for its use of memory"
	case exit.Forced:
		return "ended by us after a deadline"
	}
	return fmt.Sprintf("ended with code %d", exit.Code)
}

// addPhases draws the phases one after the other.
func (p *page) addPhases(phases []takehome.Phase) {
	total := int64(0)
	for _, each := range phases {
		total += max(0, each.Micros)
	}
	p.PhaseTotal = micros(total)
	from := int64(0)
	for i, each := range phases[:min(len(phases), listShown)] {
		length := max(0, each.Micros)
		p.Phases = append(p.Phases, phaseView{
			Name: takehome.Line(each.Name), Elapsed: micros(each.Micros), Shade: i % 8,
			From: barLength(part(from, total)), Length: barLength(part(length, total)),
		})
		from += length
	}
}

func part(of, total int64) takehome.Fraction {
	return takehome.Frac(of, 1).Div(takehome.Frac(total, 1))
}

func sourced(value, source string) string {
	if source == "" || value == "" {
		return value
	}
	return value + " (" + takehome.Line(source) + ")"
}

// words joins values of a stranger into one line that is not too long.
func words(values []string, between string) string {
	return clipped(strings.Join(lines(values, listShown), between), bodyShown)
}
