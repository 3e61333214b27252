package mapping

import (
	"slices"
	"strings"
	"unicode"
)

// words cuts a name into words in lower case, without accents: at underscores, at digits
// and where camelCase turns upwards. "OrderLineItems2" is order, line, items, 2.
func words(name string) []string {
	var (
		made []string
		word strings.Builder
		last rune
	)
	flush := func() {
		if word.Len() > 0 {
			made = append(made, word.String())
			word.Reset()
		}
	}
	letters := []rune(name)
	for i, r := range letters {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			last = 0
			continue
		case unicode.IsDigit(r) != unicode.IsDigit(last) && last != 0:
			flush()
		case unicode.IsUpper(r) && unicode.IsLower(last):
			flush()
		case unicode.IsUpper(r) && unicode.IsUpper(last) && i+1 < len(letters) && unicode.IsLower(letters[i+1]):
			flush() // the S of "SKUStock" begins a word
		}
		word.WriteString(plain(unicode.ToLower(r)))
		last = r
	}
	flush()
	return made
}

// plain writes a letter without its accent.
func plain(r rune) string {
	if r < unicode.MaxASCII {
		return string(r)
	}
	switch {
	case strings.ContainsRune("áàâãå", r):
		return "a"
	case strings.ContainsRune("éèêë", r):
		return "e"
	case strings.ContainsRune("íìîï", r):
		return "i"
	case strings.ContainsRune("óòôõ", r):
		return "o"
	case strings.ContainsRune("úùû", r):
		return "u"
	}
	switch r {
	case 'ä', 'æ':
		return "ae"
	case 'ö', 'ø', 'œ':
		return "oe"
	case 'ü':
		return "ue"
	case 'ß':
		return "ss"
	case 'ç':
		return "c"
	case 'ñ':
		return "n"
	}
	return string(r)
}

// lemmas are the words of a name as the lexicon knows them: translated, in the singular,
// fused words taken apart, and without words that say nothing.
func (l lexicon) lemmas(name string) []string {
	var made []string
	for _, word := range words(name) {
		made = append(made, l.lemma(word)...)
	}
	made = slices.DeleteFunc(made, func(word string) bool { return fillers[word] })
	for i := 0; i+1 < len(made); i++ {
		if joined, ok := l.phrases[made[i]+" "+made[i+1]]; ok {
			made = slices.Replace(made, i, i+2, joined)
		}
	}
	return made
}

// fillers join words in English and Romance names.
var fillers = map[string]bool{
	"of": true, "the": true, "de": true, "del": true, "do": true, "da": true, "dos": true, "des": true, "du": true,
	"la": true, "le": true, "el": true, "por": true, "per": true, "para": true, "a": true, "und": true, "and": true, "en": true,
}

// lemma is one word as the lexicon knows it; several where it is a fused one.
func (l lexicon) lemma(word string) []string {
	if known, ok := l.known(word); ok {
		return []string{known}
	}
	if parts := l.takeApart(word); parts != nil {
		return parts
	}
	return []string{singular(word)}
}

// known looks a word up, also in its plural.
func (l lexicon) known(word string) (string, bool) {
	if known, ok := l.words[word]; ok {
		return known, true
	}
	for _, form := range singularForms(word) {
		if known, ok := l.words[form]; ok {
			return known, true
		}
	}
	return "", false
}

// plurals are endings and what stands in their place in the singular; English, Spanish,
// Portuguese, French, German and Italian, longest first.
var plurals = [][2]string{
	{"oes", "ao"},
	{"aes", "ao"},
	{"ies", "y"},
	{"ens", "em"},
	{"ons", "om"},
	{"ais", "al"},
	{"eis", "el"},
	{"nen", "n"},
	{"es", ""},
	{"en", ""},
	{"en", "e"},
	{"er", ""},
	{"s", ""},
	{"n", ""},
	{"e", ""},
	{"x", ""},
	{"i", "e"},
	{"i", "o"},
}

func singularForms(word string) []string {
	const shortest = 3
	var forms []string
	for _, plural := range plurals {
		if stem, ok := strings.CutSuffix(word, plural[0]); ok && len(stem) >= shortest-len(plural[1]) && len(stem)+len(plural[1]) >= shortest {
			forms = append(forms, stem+plural[1])
		}
	}
	return forms
}

// singular is the English singular of a word that the lexicon does not know, so that
// "books" and "book_id" meet.
func singular(word string) string {
	const shortest = 4
	switch {
	case len(word) < shortest || strings.HasSuffix(word, "ss") || strings.HasSuffix(word, "us") || strings.HasSuffix(word, "is"):
		return word
	case strings.HasSuffix(word, "ies"):
		return word[:len(word)-3] + "y"
	case strings.HasSuffix(word, "ches") || strings.HasSuffix(word, "shes") || strings.HasSuffix(word, "xes") || strings.HasSuffix(word, "sses"):
		return word[:len(word)-2]
	case strings.HasSuffix(word, "s"):
		return word[:len(word)-1]
	}
	return word
}

// takeApart cuts a fused word into the fewest words of the lexicon: "detallepedido",
// "bestellpositionen", "orderitemid". German joins with an s or an n.
func (l lexicon) takeApart(word string) []string {
	const longest = 64
	if len(word) > longest {
		return nil
	}
	type cut struct {
		parts []string
		ok    bool
	}
	best := make([]cut, len(word)+1)
	best[0].ok = true
	for end := 1; end <= len(word); end++ {
		for start := range end {
			if !best[start].ok || !l.mayBePart(word, start, end) {
				continue
			}
			known, isKnown := l.known(word[start:end])
			if !isKnown && end < len(word) && end-start > 3 && strings.ContainsRune("sn", rune(word[end-1])) {
				known, isKnown = l.known(word[start : end-1])
			}
			if !isKnown {
				continue
			}
			if parts := len(best[start].parts) + 1; !best[end].ok || parts < len(best[end].parts) {
				best[end] = cut{append(slices.Clone(best[start].parts), known), true}
			}
		}
	}
	if !best[len(word)].ok {
		return nil
	}
	return best[len(word)].parts
}

// mayBePart keeps short words from making parts of others: only ids and numbers are so
// short, and they stand at an end.
func (l lexicon) mayBePart(word string, start, end int) bool {
	part := word[start:end]
	if part == "id" || part == "nr" || part == "no" {
		return start == 0 || end == len(word)
	}
	const shortest = 3
	return len(part) >= shortest
}
