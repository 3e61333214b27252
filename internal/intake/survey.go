package intake

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// list is what the survey decided: the entries of the clean copy, sorted by the bytes of their path.
type list struct {
	entries []entry
	notes   []string
}

// survey walks a submission from the top, leaves out what is no part of it, and
// refuses what may not be in it. It writes nothing.
func survey(ctx context.Context, handedIn delivery, limits Limits) (list, error) {
	s := &surveyor{source: handedIn.source, limits: limits, top: map[string]*share{}}
	top, err := s.sifted(ctx, "")
	if err == nil && handedIn.wrapped && len(top) == 1 && top[0].kind == kindFolder {
		s.start = top[0].from
		top, err = s.sifted(ctx, s.start)
	}
	if err != nil {
		return list{}, err
	}
	if err := s.walk(ctx, top); err != nil {
		return list{}, err
	}
	if s.files == 0 {
		return list{}, s.nothing()
	}
	slices.SortFunc(s.entries, func(a, b entry) int { return cmp.Compare(a.path, b.path) })
	if err := checkLinks(s.entries); err != nil {
		return list{}, err
	}
	return list{entries: s.entries, notes: append(s.left.notes(s.inside), s.notes...)}, nil
}

// surveyor counts while it walks.
type surveyor struct {
	source   source
	limits   Limits
	start    string // folder of the source that becomes the root
	entries  []entry
	notes    []string
	left     leftovers
	absent   int
	files    int
	bytes    int64
	pathText int
	top      map[string]*share // by first element, to tell what is large
}

// share is what one top folder holds.
type share struct {
	bytes   int64
	entries int
}

// inside is the path in the clean copy of a path in the source.
func (s *surveyor) inside(from string) string {
	return strings.TrimPrefix(strings.TrimPrefix(from, s.start), "/")
}

// sifted lists a folder without what is left out, sorted by name.
func (s *surveyor) sifted(ctx context.Context, from string) ([]entry, error) {
	children, err := s.source.children(ctx, from)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(children, func(a, b entry) int { return cmp.Compare(a.from, b.from) })
	names := make(map[string]bool, len(children))
	for _, child := range children {
		names[path.Base(child.from)] = true
	}
	kept := children[:0]
	for _, child := range children {
		reason, err := s.reasonToLeave(ctx, child, names)
		if err != nil {
			return nil, err
		}
		if reason == "" {
			kept = append(kept, child)
			continue
		}
		s.left.add(reason, child.from)
	}
	return kept, nil
}

// walk judges the entries of one folder, and of the folders below it.
func (s *surveyor) walk(ctx context.Context, children []entry) error {
	if err := stopped(ctx); err != nil {
		return err
	}
	s.notes = append(s.notes, s.collisions(children)...)
	for _, child := range children {
		child.path = s.inside(child.from)
		if child.kind == kindAbsent {
			if s.absent++; s.absent > s.limits.MaxFiles {
				return tooMany("", s.limits.MaxFiles)
			}
			s.notes = append(s.notes, fmt.Sprintf("%s is %s", takehome.Line(child.path), child.what))
			continue
		}
		if err := s.check(child); err != nil {
			return err
		}
		if err := s.enter(ctx, child); err != nil {
			return err
		}
	}
	return nil
}

// enter takes an entry into the list, and with a folder what is in it.
func (s *surveyor) enter(ctx context.Context, child entry) error {
	if child.kind != kindFolder {
		s.entries = append(s.entries, child)
		return s.count(child)
	}
	below, err := s.sifted(ctx, child.from)
	if err != nil {
		return err
	}
	if isVenv(below) {
		s.left.add(leftVenv, child.from)
		return nil
	}
	s.entries = append(s.entries, child)
	if err := s.count(child); err != nil {
		return err
	}
	return s.walk(ctx, below)
}

// check refuses an entry for what it is.
func (s *surveyor) check(child entry) error {
	note, err := checkName(child.path)
	if err != nil {
		return err
	}
	if note != "" {
		s.notes = append(s.notes, note)
	}
	if child.kind == kindOther {
		return refuse(ruleType, child.path, "it is "+child.what,
			"hand in only files, folders, and symbolic links that stay inside")
	}
	return s.checkPath(child.path)
}

func (s *surveyor) checkPath(at string) error {
	const hint = "use shorter names and fewer folders"
	switch {
	case len(at) > s.limits.MaxPath:
		return refuse(rulePath, at, fmt.Sprintf("the path has %d bytes, allowed are %d", len(at), s.limits.MaxPath), hint)
	case strings.Count(at, "/")+1 > s.limits.MaxDepth:
		return refuse(rulePath, at, fmt.Sprintf("it lies more than %d folders deep", s.limits.MaxDepth), hint)
	case len(path.Base(at)) > maxElement:
		return refuse(rulePath, at, fmt.Sprintf("the name has more than %d bytes", maxElement), hint)
	}
	return nil
}

func (s *surveyor) count(child entry) error {
	first, _, _ := strings.Cut(child.path, "/")
	if s.top[first] == nil {
		s.top[first] = &share{}
	}
	s.top[first].entries++
	s.pathText += len(child.path)
	if len(s.entries) > s.limits.MaxFiles {
		return refuse(ruleCount, "", fmt.Sprintf("there are more than %d files, folders and links", s.limits.MaxFiles),
			s.mostIn(func(share *share) int64 { return int64(share.entries) }, "entries"))
	}
	if s.pathText > s.limits.MaxPathText {
		return refuse(ruleCount, "", "all paths together have more than "+shownBytes(int64(s.limits.MaxPathText)),
			s.mostIn(func(share *share) int64 { return int64(share.entries) }, "entries"))
	}
	if child.kind != kindFile {
		return nil
	}
	s.files++
	s.top[first].bytes += child.size
	if child.size > s.limits.MaxFile {
		return tooLarge(child.path, child.size, s.limits)
	}
	if s.bytes += child.size; s.bytes > s.limits.MaxBytes {
		return refuse(ruleSize, "", "the files together have more than "+shownBytes(s.limits.MaxBytes),
			s.mostIn(func(share *share) int64 { return share.bytes }, "bytes"))
	}
	return nil
}

func tooLarge(at string, size int64, limits Limits) error {
	why := "the file has more than " + shownBytes(limits.MaxFile)
	if size < 1<<62 {
		why = fmt.Sprintf("the file has %s, allowed are %s", shownBytes(size), shownBytes(limits.MaxFile))
	}
	return refuse(ruleSize, at, why, "leave it out, or hand in a smaller one")
}

// mostIn is the hint that names the largest part among those seen so far.
func (s *surveyor) mostIn(measure func(*share) int64, unit string) string {
	largest, most := "", int64(-1)
	for name, share := range s.top {
		if amount := measure(share); amount > most || amount == most && name < largest {
			largest, most = name, amount
		}
	}
	shown := fmt.Sprintf("%d %s", most, unit)
	if unit == "bytes" {
		shown = shownBytes(most)
	}
	return fmt.Sprintf("leave out what a build makes again; most of it so far is in %s (%s)", takehome.Line(largest), shown)
}

func (s *surveyor) nothing() error {
	why := "there is no file to grade"
	if len(s.left.notes(s.inside)) > 0 {
		why += " besides what is left out: " + strings.Join(s.left.notes(s.inside), "; ")
	}
	return refuse(ruleEmpty, "", why, "check that the right folder, archive or commit was named")
}
