package mapping

// Words knows what the words of a name mean in a shop, for checks that go by names.
type Words struct{ lexicon lexicon }

// ShopWords reads the vocabulary.
func ShopWords() Words { return Words{shopWords()} }

// Lemmas are the words of a name in English, in the singular and without those that say
// nothing: "fecha_pedido" is date, order.
func (w Words) Lemmas(name string) []string { return w.lexicon.lemmas(name) }
