package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// receive recognises what was given and opens it. Scratch is a folder for what has to
// be fetched; it is removed together with the clean copy.
func receive(ctx context.Context, given, scratch string, options Options) (delivery, error) {
	if given == "" {
		return delivery{}, operatorFault("no submission was named",
			"name a folder, a .zip, a .tar.gz or a git address with a commit", nil)
	}
	if strings.Contains(given, "://") {
		return receiveGit(ctx, given, scratch, options)
	}
	info, err := os.Stat(given)
	switch {
	case err != nil && isAddress(given):
		return receiveGit(ctx, given, scratch, options)
	case errors.Is(err, fs.ErrNotExist):
		return delivery{}, operatorFault("there is no file or folder "+takehome.Line(given),
			"check the path; a git address begins with https://", nil)
	case err != nil:
		return delivery{}, readFault(given, err)
	}
	arrived := delivery{name: baseName(given), origin: takehome.Origin{Given: takehome.Line(given)}}
	switch {
	case info.IsDir():
		arrived.origin.Kind = "folder"
		arrived.source, err = openFolder(given, options.Limits)
	case info.Mode().IsRegular():
		arrived.wrapped = true
		err = arrived.openArchive(ctx, given, options.Limits)
	default:
		err = operatorFault(takehome.Line(given)+" is neither a folder nor a file",
			"name a folder, a .zip, a .tar.gz or a git address with a commit", nil)
	}
	return arrived, err
}

// isAddress reports whether something that is no path was meant to be a remote
// address or smells of one: host:path, ext::command, an option.
func isAddress(given string) bool {
	before, _, found := strings.Cut(given, ":")
	return strings.HasPrefix(given, "-") || strings.Contains(given, "::") ||
		found && strings.Contains(before, "@") && !strings.ContainsAny(before, `/\`)
}

func baseName(given string) string {
	whole, err := filepath.Abs(given)
	if err != nil {
		whole = filepath.Clean(given)
	}
	return takehome.Line(filepath.Base(whole))
}

// openArchive tells archives apart by how they begin, never by their name.
func (d *delivery) openArchive(ctx context.Context, name string, limits Limits) error {
	opened, err := os.Open(name)
	if err != nil {
		return readFault(name, err)
	}
	archive := &archiveFile{file: opened, name: name}
	if err := d.recognise(ctx, archive, limits); err != nil {
		_ = opened.Close() // only read from
		return err
	}
	return nil
}

func (d *delivery) recognise(ctx context.Context, archive *archiveFile, limits Limits) error {
	start, err := archive.start(limits)
	if err != nil {
		return err
	}
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		found, err := openZip(archive, limits)
		if err != nil {
			return err
		}
		d.source, d.origin.Kind, d.notes = found, "zip", found.odd
		return nil
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		found, err := openTar(ctx, archive, limits)
		if err != nil {
			return err
		}
		d.source, d.origin.Kind = found, "tar.gz"
		return nil
	case len(start) == 0:
		return refuse(ruleEmpty, filepath.Base(archive.name), "the file is empty", "pack the submission anew")
	}
	return refuse(ruleFormat, filepath.Base(archive.name), describeFormat(start),
		"pack the submission as .zip or .tar.gz, or name its folder")
}

// start reads the first bytes of an archive that is not too large.
func (a *archiveFile) start(limits Limits) ([]byte, error) {
	info, err := a.file.Stat()
	if err != nil {
		return nil, readFault(a.name, err)
	}
	a.size = info.Size()
	if a.size > limits.maxPacked() {
		return nil, refuse(ruleSize, filepath.Base(a.name),
			fmt.Sprintf("the archive has %s, allowed are %s", shownBytes(a.size), shownBytes(limits.maxPacked())),
			"leave out what a build makes again, such as node_modules, and pack it anew")
	}
	start := make([]byte, 512)
	n, err := io.ReadFull(io.NewSectionReader(a, 0, a.size), start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return start[:n], nil
}

// describeFormat names what people pack with by mistake.
func describeFormat(start []byte) string {
	const wanted = "only folders, .zip and .tar.gz are taken in"
	for _, known := range []struct{ magic, name string }{
		{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"},
		{"Rar!", "a RAR archive"},
		{"BZh", "packed with bzip2"},
		{"\xfd7zXZ\x00", "packed with xz"},
		{"\x28\xb5\x2f\xfd", "packed with zstd"},
		{"%PDF", "a PDF document"},
	} {
		if bytes.HasPrefix(start, []byte(known.magic)) {
			return "it is " + known.name + "; " + wanted
		}
	}
	if len(start) > 262 && string(start[257:262]) == "ustar" {
		return "it is a .tar without compression; " + wanted
	}
	return wanted
}

// archiveFile reads an archive on the operator's disk. Trouble with the disk is a
// Fault, so that it can never be taken for a damaged archive.
type archiveFile struct {
	file *os.File
	name string
	size int64
}

// ReadAt implements io.ReaderAt.
func (a *archiveFile) ReadAt(into []byte, at int64) (int, error) {
	n, err := a.file.ReadAt(into, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, readFault(a.name, err)
	}
	return n, err
}

// damaged classifies an error that an unpacker met.
func (a *archiveFile) damaged(err error) error {
	if err == nil || isClassified(err) {
		return err
	}
	return refuse(ruleFormat, filepath.Base(a.name),
		"the archive is damaged or not what it claims to be: "+takehome.Line(err.Error()),
		"pack the submission anew and try to unpack it yourself")
}
