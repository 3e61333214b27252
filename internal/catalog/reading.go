package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// text reads one file that an author wrote: of a size that a person writes, and UTF-8.
// The error is fs.ErrNotExist if there is none, a fault otherwise.
func text(files fs.FS, name string) ([]byte, error) {
	opened, err := files.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer func() { _ = opened.Close() }() // opened for reading
	if info, err := opened.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, authored.Fault(name, 0, "this is no regular file")
	}
	data, err := io.ReadAll(io.LimitReader(opened, authored.MaxBytes+1))
	if err != nil {
		return nil, unreadable(name, err)
	}
	if len(data) > authored.MaxBytes {
		return nil, authored.Fault(name, 0, fmt.Sprintf("the file is larger than %d bytes", authored.MaxBytes))
	}
	if !utf8.Valid(data) {
		return nil, authored.Fault(name, firstBroken(data), "the file must be UTF-8, and this line is not")
	}
	return data, nil
}

func unreadable(name string, err error) error {
	return &takehome.Fault{
		Owner: takehome.Operator, Summary: takehome.Line(name) + " of the challenge package cannot be read", Err: err,
		Hint: "look at the rights of the file, then try again",
	}
}

// firstBroken is the line of the first byte that is no UTF-8.
func firstBroken(data []byte) int {
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return bytes.Count(data[:at], []byte("\n")) + 1
		}
		at += size
	}
	return 0
}

// lineOfKey finds the line of a key at the top of a document, lineOfItem that of a word in
// a list; 0 if nowhere.
func lineOfKey(data []byte, key string) int {
	return firstLine(data, `^`+regexp.QuoteMeta(key)+`[ \t]*:`)
}

func lineOfItem(data []byte, word string) int {
	return firstLine(data, `^[ \t]*-[ \t]*["']?`+regexp.QuoteMeta(word)+`["']?[ \t]*(?:#.*)?\r?$`)
}

func firstLine(data []byte, pattern string) int {
	at := regexp.MustCompile(`(?m)` + pattern).FindIndex(data)
	if at == nil {
		return 0
	}
	return bytes.Count(data[:at[0]], []byte("\n")) + 1
}

// sources are the files of a package in which checks and gates are written.
type sources struct {
	challenge []byte
	rubric    source
	names     []string // of the files of checks
	checks    [][]byte
}

// readSources makes sure of the files of checks that challenge.yaml lists.
func readSources(files fs.FS, challenge []byte, names []string) (sources, error) {
	written := sources{challenge: challenge, names: names}
	for i, name := range names {
		problem := ""
		switch {
		case !fs.ValidPath(name) || name == ".":
			problem = fmt.Sprintf("%q is not the path of a file in the package", takehome.Line(name))
		case slices.Contains(names[:i], name):
			problem = takehome.Line(name) + " is listed twice"
		}
		var data []byte
		if problem == "" {
			var err error
			if data, err = text(files, name); errors.Is(err, fs.ErrNotExist) {
				problem = "there is no file " + takehome.Line(name)
			} else if err != nil {
				return sources{}, err
			}
		}
		if problem != "" {
			return sources{}, authored.Fault(challengeFile, lineOfItem(challenge, name), problem)
		}
		written.checks = append(written.checks, data)
	}
	return written, nil
}

// fault is about the nth declaration of a check, from 1.
func (s sources) fault(id string, nth int, problem string) error {
	for i, data := range s.checks {
		for passed := 0; ; nth-- {
			line := authored.LineOf(data, id)
			if line == 0 {
				break
			}
			if nth == 1 {
				return authored.Fault(s.names[i], passed+line, problem)
			}
			passed += line
			data = bytes.Join(bytes.SplitAfter(data, []byte("\n"))[line:], nil)
		}
	}
	return authored.Fault(challengeFile, 0, problem)
}
