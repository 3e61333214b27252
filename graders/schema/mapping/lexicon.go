package mapping

import (
	"maps"
	"slices"
	"strings"
)

// lexicon knows the words of shops in five languages and their abbreviations.
type lexicon struct {
	words   map[string]string // word to its English lemma
	phrases map[string]string // two lemmas that mean one
}

// shopWords reads the vocabulary.
func shopWords() lexicon {
	made := lexicon{words: map[string]string{}, phrases: phrases}
	for _, lemma := range slices.Sorted(maps.Keys(vocabulary)) {
		made.words[lemma] = lemma
		for spelling := range strings.FieldsSeq(vocabulary[lemma]) {
			made.words[spelling] = lemma
		}
	}
	return made
}
