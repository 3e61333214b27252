package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/internal/engine"
	"github.com/takehome-dev/takehome/internal/sandbox/builder"
	"github.com/takehome-dev/takehome/internal/takehome"
	"github.com/takehome-dev/takehome/internal/term"
)

// buildStation makes the image of a submission on the engine.
type buildStation struct{ *station }

// Build makes the image. Its labels say which run owns it.
func (s buildStation) Build(ctx context.Context, submission takehome.Submission, recipe takehome.Recipe, onLine func(string)) (engine.Built, error) {
	settings := s.app.settings
	built, broken, log, err := builder.Submission(ctx, s.sandbox.Client(), builder.Job{
		Submission: submission, Recipe: recipe, Bases: s.images,
		Labels:  s.sandbox.ImageLabels(time.Now().Add(settings.RunTimeout + settings.BuildTimeout)),
		Args:    builder.ProxyArgs(s.app.process.variable),
		Network: settings.BuildNetwork, Deadline: settings.BuildTimeout, OnLine: onLine,
	})
	return engine.Built{Image: built, Breakdown: broken, Log: log}, err
}

// Remove removes the image.
func (s buildStation) Remove(ctx context.Context, built takehome.Image) error {
	return s.sandbox.RemoveImage(ctx, built.ID)
}

// listImages writes a table of the images that runs start from, in short one line for
// each that has several names.
func (s *station) listImages(ctx context.Context, short bool) error {
	list, err := s.images.List(ctx)
	if err != nil {
		return err
	}
	out := s.app.streams.Out
	table := term.Table{Gap: "   ", Indent: "  "}
	names := map[string]int{}
	for _, status := range list {
		names[status.ID]++
	}
	for _, status := range list {
		name := status.Name
		if count := names[status.ID]; short && status.ID != "" && count != 1 {
			if count == 0 {
				continue // told already
			}
			name, names[status.ID] = fmt.Sprintf("%s, and %d more", name, count-1), 0
		}
		verdict, what, id, bytes := "pass", "official", shortID(status.ID), fmt.Sprintf("%d MiB", status.Bytes>>20)
		switch {
		case status.ID == "":
			verdict, what, id, bytes = "not_assessed", "not there yet", "", ""
		case status.StandIn:
			verdict, what = "partial", "stand-in: "+status.What
		}
		table.Rows = append(table.Rows, []term.Cell{
			{Line: term.Line{out.Glyph(verdict), {Text: " " + name}}},
			{Line: term.Words(term.Faint, "%s", id)},
			{Line: term.Words(term.Normal, "%s", bytes), Right: true},
			{Line: term.Words(term.Normal, "%s", what)},
		})
	}
	out.Println(out.Lines(table)...)
	return nil
}

func shortID(id string) string {
	id = strings.TrimPrefix(id, "sha256:")
	return id[:min(len(id), 12)]
}
