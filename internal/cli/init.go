package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/internal/catalog"
	"github.com/takehome-dev/takehome/internal/takehome"
	"github.com/takehome-dev/takehome/internal/term"
)

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use: "init <challenge> [folder]", Short: "Hand out what a candidate starts with", GroupID: groupCandidate,
		Long: `Hand out a challenge: its brief and the files that its author wrote for candidates are put
into a folder (default: the current one). A file that is there already is never replaced.`,
		Example: `  takehome init todo-api
  takehome init todo-api my-solution`,
		Args: cobra.RangeArgs(1, 2), ValidArgsFunction: a.completeChallenges,
		RunE: func(_ *cobra.Command, arguments []string) error {
			folder := "."
			if len(arguments) == 2 {
				folder = arguments[1]
			}
			return a.handOut(arguments[0], folder)
		},
	}
}

// handOut writes the files for a candidate: all of them, or none where one is there already.
func (a *app) handOut(name, folder string) error {
	loaded, err := a.catalog.Load(name)
	if err != nil {
		return err
	}
	starter := loaded.Challenge.Starter
	if len(starter) == 0 {
		return &takehome.Fault{
			Owner: takehome.Author, Summary: "the challenge " + loaded.Challenge.ID + " hands nothing out",
			Hint: "list its files for candidates under starter in challenge.yaml",
		}
	}
	var there []string
	for _, each := range starter {
		if _, err := os.Lstat(filepath.Join(folder, filepath.FromSlash(each.As))); err == nil {
			there = append(there, each.As)
		}
	}
	if len(there) > 0 {
		return &takehome.Fault{
			Owner: takehome.Operator, Summary: "nothing was written: " + strings.Join(there, ", ") + " would be replaced",
			Hint: "name a new folder: takehome init " + loaded.Challenge.ID + " my-solution",
		}
	}
	if err := writeStarter(loaded, folder); err != nil {
		return err
	}
	out := a.streams.Out
	out.Println(term.Words(term.Strong, "%s: %s", loaded.Challenge.ID, loaded.Challenge.Title), term.Line{})
	table := term.Table{Gap: "   ", Indent: "  "}
	for _, each := range starter {
		table.Rows = append(table.Rows, []term.Cell{
			{Line: term.Words(term.Normal, "%s", filepath.Join(folder, filepath.FromSlash(each.As)))}, {Line: term.Words(term.Faint, "%s", each.Note)},
		})
	}
	out.Println(out.Lines(table)...)
	out.Println(term.Line{}, term.Words(term.Normal, "Next: read %s, write your solution, and try it with: takehome check %s",
		starter[0].As, takehome.Line(folder)))
	return nil
}

func writeStarter(loaded catalog.Package, folder string) error {
	failed := func(err error) error {
		return &takehome.Fault{
			Owner: takehome.Operator, Summary: "the files for a candidate cannot be written to " + takehome.Line(folder), Err: err,
			Hint: "name a folder that may be written to",
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // a candidate's own project
		return failed(err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return failed(err)
	}
	defer func() { _ = root.Close() }() // every file in it was closed
	for _, each := range loaded.Challenge.Starter {
		content, err := fs.ReadFile(loaded.Files, each.File)
		if err != nil {
			return fmt.Errorf("read %s of the challenge: %w", each.File, err)
		}
		at := filepath.FromSlash(each.As)
		if err := root.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return failed(err)
		}
		// O_EXCL: what came into being since we looked is not replaced either.
		file, err := root.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return failed(err)
		}
		_, err = file.Write(content)
		if err := errors.Join(err, file.Close()); err != nil {
			return failed(err)
		}
	}
	return nil
}
