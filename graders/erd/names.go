package erd

import (
	"slices"
	"strings"
	"unicode"
)

// Words cuts a name into its words: lower case, without accents, in the singular, without
// what only says that it is a table. "tblOrderLines" is order line.
func Words(name string) []string {
	var all []string
	for _, part := range split(name) {
		if slices.Contains([]string{"tbl", "tb", "table", "tables", "entity", "t"}, part) {
			continue
		}
		part = singular(part)
		if two, fused := fusedWords(part); fused {
			all = append(all, two...)
			continue
		}
		all = append(all, part)
	}
	if len(all) == 0 {
		return []string{strings.ToLower(name)}
	}
	return all
}

// split cuts at signs, at digits and where a capital begins a new word.
func split(name string) []string {
	var parts []string
	var current []rune
	runes := []rune(name)
	for i, r := range runes {
		boundary := !unicode.IsLetter(r) && !unicode.IsDigit(r)
		if !boundary && i > 0 && len(current) > 0 {
			before := runes[i-1]
			next := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			capital := unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsUpper(before) && next)
			if capital || unicode.IsDigit(r) != unicode.IsDigit(before) {
				parts, current = append(parts, string(current)), nil
			}
		}
		if boundary {
			if len(current) > 0 {
				parts, current = append(parts, string(current)), nil
			}
			continue
		}
		current = append(current, plain(unicode.ToLower(r)))
	}
	if len(current) > 0 {
		parts = append(parts, string(current))
	}
	return parts
}

// plain takes the accent off a letter of the languages in which schemas are written.
func plain(r rune) rune {
	const accented, bare = "áàâãäåçéèêëíìîïñóòôõöøúùûüýß", "aaaaaaceeeeiiiinoooooouuuuys"
	at := slices.Index([]rune(accented), r)
	if at < 0 {
		return r
	}
	return rune(bare[at])
}

// singular is the singular of an English word, near enough to compare names.
func singular(word string) string {
	switch {
	case word == "people":
		return "person"
	case len(word) < 4 || slices.Contains([]string{"address", "status", "goods", "series", "news", "access", "process", "sales"}, word):
		return word
	case strings.HasSuffix(word, "ies"):
		return word[:len(word)-3] + "y"
	case strings.HasSuffix(word, "sses"), strings.HasSuffix(word, "shes"), strings.HasSuffix(word, "ches"), strings.HasSuffix(word, "xes"), strings.HasSuffix(word, "uses"):
		return word[:len(word)-2]
	case strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us") && !strings.HasSuffix(word, "is"):
		return word[:len(word)-1]
	}
	return word
}

// fusedWords cuts a word that was written without a sign between its parts.
func fusedWords(word string) ([]string, bool) {
	for _, head := range []string{"order", "cart", "product", "line", "category", "user", "customer", "purchase", "invoice"} {
		rest, found := strings.CutPrefix(word, head)
		if found && slices.Contains([]string{"item", "line", "detail", "product", "category", "tag", "image", "variant", "address", "review", "price", "status", "history"}, rest) {
			return []string{head, rest}, true
		}
	}
	return nil, false
}

// meaning gives words of the same meaning one form, so that a diagram may call Customer what
// the schema calls users.
func meaning(words []string) []string {
	var meant []string
	for i, word := range words {
		concept := concepts[word]
		if i > 0 && slices.Contains([]string{"order", "cart"}, meant[i-1]) && isLine(word) {
			concept = "line"
		}
		if concept == "" {
			concept = word
		}
		meant = append(meant, concept)
	}
	if len(words) == 2 && words[0] == "line" && words[1] == "item" {
		return []string{"order", "line"}
	}
	return meant
}

func isLine(word string) bool {
	return slices.Contains([]string{"item", "line", "detail", "detalle", "position", "entry", "product", "article", "ligne", "zeile"}, word)
}

// concepts are the words that mean the same in a shop, each with its concept.
var concepts = conceptOf(map[string]string{
	"user":      "user customer client buyer member account cliente usuario kunde kunden benutzer utilisateur acheteur person shopper",
	"product":   "product item article producto produit artikel produkt produto good goods",
	"category":  "category categoria categorie kategorie kategorien department departamento collection taxon",
	"order":     "order purchase sale sales pedido commande bestellung bestellungen orden auftrag encomenda",
	"cart":      "cart basket carrito warenkorb panier",
	"address":   "address direccion adresse adressen endereco anschrift",
	"payment":   "payment pago paiement zahlung zahlungen pagamento transaction",
	"shipment":  "shipment delivery envio lieferung livraison shipping",
	"review":    "review rating comment resena bewertung bewertungen avis",
	"inventory": "inventory stock inventario lager bestand",
	"coupon":    "coupon voucher discount promotion cupon gutschein",
	"image":     "image photo picture media bild imagen",
	"history":   "history log event audit historial verlauf",
	"tag":       "tag label",
	"variant":   "variant sku variante",
})

func conceptOf(lists map[string]string) map[string]string {
	all := map[string]string{}
	for concept, list := range lists {
		for word := range strings.FieldsSeq(list) {
			all[word] = concept
		}
	}
	return all
}

// alike compares two texts by edits: 1000 for equal ones, less by the share of letters that
// must be changed.
func alike(a, b string) int {
	x, y := []rune(a), []rune(b)
	longest := max(len(x), len(y))
	if longest == 0 || longest > 64 {
		if a == b {
			return 1000
		}
		return 0
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(y); j++ {
			above := row[j]
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(above+1, row[j-1]+1, diagonal+cost)
			diagonal = above
		}
	}
	return 1000 - 1000*row[len(y)]/longest
}
