package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// gitSource is the tree of one commit. It is read object by object; nothing is checked
// out, so that no attribute, filter or end-of-line rule of the repository has a say.
type gitSource struct {
	pack    *gitPack
	commit  plumbing.Hash
	folders map[string]plumbing.Hash // by path
	files   map[string]plumbing.Hash
}

func newGitSource(pack *gitPack, commit plumbing.Hash, address gitAddress) (*gitSource, error) {
	if found, err := pack.index.Contains(commit); err != nil || !found {
		return nil, address.noSuchCommit(fmt.Sprintf("among the last %d of each branch", historyDepth))
	}
	text, err := pack.read(commit, plumbing.CommitObject)
	if err != nil {
		return nil, err
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	tree, ok := strings.CutPrefix(string(first), "tree ")
	if !ok || !isCommit(tree) {
		return nil, brokenPack(errors.New("a commit without a tree"))
	}
	return &gitSource{
		pack: pack, commit: commit,
		folders: map[string]plumbing.Hash{"": plumbing.NewHash(tree)}, files: make(map[string]plumbing.Hash),
	}, nil
}

func (s *gitSource) close() { s.pack.close() }

func (s *gitSource) children(_ context.Context, from string) ([]entry, error) {
	tree, err := s.pack.read(s.folders[from], plumbing.TreeObject)
	if err != nil {
		return nil, err
	}
	var entries []entry
	seen := make(map[string]bool)
	for len(tree) > 0 {
		var item treeItem
		item, tree, err = nextItem(tree)
		if err != nil {
			return nil, brokenPack(err)
		}
		at := path.Join(from, item.name)
		if item.name == "" || item.name == "." || item.name == ".." || strings.Contains(item.name, "/") {
			return nil, refuse(rulePath, from+"/"+item.name, "the path leaves the submission", "commit the submission anew")
		}
		if seen[item.name] {
			return nil, refuse(ruleCollision, at, "the commit holds this path twice", "commit the submission anew")
		}
		seen[item.name] = true
		found, err := s.entryOf(at, item)
		if err != nil {
			return nil, err
		}
		entries = append(entries, found)
	}
	return entries, nil
}

func (s *gitSource) entryOf(at string, item treeItem) (entry, error) {
	found := entry{from: at, mode: plain}
	switch item.mode {
	case "40000", "040000":
		found.kind, s.folders[at] = kindFolder, item.id
	case "100755":
		found.kind, found.mode, s.files[at] = kindFile, executable, item.id
	case "100644", "100664":
		found.kind, s.files[at] = kindFile, item.id
	case "120000":
		target, err := s.pack.read(item.id, plumbing.BlobObject)
		if err != nil {
			return entry{}, err
		}
		found.kind, found.target = kindLink, string(target)
	case "160000":
		found.kind, found.what = kindAbsent, "a git submodule; submodules are not fetched"
	default:
		found.kind, found.what = kindOther, "of the unknown git mode "+item.mode
	}
	return found, nil
}

// treeItem is one line of a git tree: mode, space, name, zero byte, 20 bytes of id.
type treeItem struct {
	mode, name string
	id         plumbing.Hash
}

func nextItem(tree []byte) (treeItem, []byte, error) {
	mode, rest, ok := bytes.Cut(tree, []byte(" "))
	name, rest, found := bytes.Cut(rest, []byte{0})
	item := treeItem{mode: string(mode), name: string(name)}
	if !ok || !found || len(rest) < len(item.id) {
		return treeItem{}, nil, errors.New("a tree that ends too early")
	}
	copy(item.id[:], rest)
	return item, rest[len(item.id):], nil
}

func (s *gitSource) peek(_ context.Context, from string) ([]byte, error) {
	id, ok := s.files[from]
	if !ok {
		return nil, nil
	}
	content, err := s.pack.read(id, plumbing.BlobObject)
	if err != nil || len(content) > peekLimit {
		return nil, err
	}
	return content, nil
}

func (s *gitSource) contents(ctx context.Context, wanted []entry, put putter) error {
	for _, file := range wanted {
		if err := stopped(ctx); err != nil {
			return err
		}
		content, err := s.pack.read(s.files[file.from], plumbing.BlobObject)
		if err != nil {
			return err
		}
		if err := put(file, bytes.NewReader(content)); err != nil {
			return err
		}
	}
	return nil
}
