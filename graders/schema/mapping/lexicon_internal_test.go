package mapping

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A word that is listed under two lemmas would mean whichever comes last.
func TestEveryWordHasOneMeaning(t *testing.T) {
	t.Parallel()
	meanings := map[string]string{}
	for lemma, spellings := range vocabulary {
		for _, word := range append(strings.Fields(spellings), lemma) {
			before, twice := meanings[word]
			require.False(t, twice && before != lemma, "%q means %q and %q", word, before, lemma)
			meanings[word] = lemma
			require.Equal(t, strings.ToLower(word), word)
		}
	}
}

func TestLemmas(t *testing.T) {
	t.Parallel()
	lexicon := shopWords()
	for name, want := range map[string]string{
		"OrderLineItems2":   "order line item 2",
		"order_items":       "order item",
		"detallepedidos":    "detail order",
		"lineas_de_pedido":  "line order",
		"Bestellpositionen": "order position",
		"Stückpreis":        "unitprice",
		"itens_pedido":      "item order",
		"tblCustomers":      "tbl customer",
		"SKUCode":           "sku code",
		"categorías":        "category",
		"unitPriceCents":    "unitprice cents",
		"Lieferadresse":     "shipment address",
		"orderid":           "order id",
		"books":             "book",
		"warehouses":        "warehouse",
		"addresses":         "address",
		"statuses":          "status",
		"日本":                "日本",
		"":                  "",
	} {
		require.Equal(t, want, strings.Join(lexicon.lemmas(name), " "), name)
	}
}

func FuzzLemmas(f *testing.F) {
	for _, seed := range []string{"OrderItems", "ÜberkategorieID", "a__b-c d", "\xff\xfe", strings.Repeat("bestell", 20)} {
		f.Add(seed)
	}
	lexicon := shopWords()
	f.Fuzz(func(t *testing.T, name string) {
		first := lexicon.lemmas(name)
		require.Equal(t, first, lexicon.lemmas(name))
	})
}
