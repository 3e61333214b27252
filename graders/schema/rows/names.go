package rows

import (
	"slices"
	"strings"
	"unicode"

	"github.com/takehome-dev/takehome/graders/schema/live"
)

// wordsOf splits a name at underscores and at changes of case: "shippedAt", "shipped_at".
func wordsOf(name string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = nil
		}
	}
	lower := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			lower = false
			continue
		case unicode.IsUpper(r) && lower:
			flush()
		}
		lower = unicode.IsLower(r)
		word = append(word, r)
	}
	flush()
	return words
}

// named reports whether one of the words is in a column's name.
func named(column live.Column, words ...string) bool {
	return slices.ContainsFunc(wordsOf(column.Name), func(word string) bool { return slices.Contains(words, word) })
}

// isStock: a default of nothing in stock would keep rules from letting anything be sold.
func isStock(column live.Column) bool {
	return column.Category == "N" && named(column, "stock", "inventory", "existencias", "existencia", "estoque", "bestand", "lagerbestand", "onhand", "available", "hand", "stk")
}

// leftEmpty: what may be missing, and would mean that something has ended.
func leftEmpty(column live.Column) bool {
	if column.Category == "D" {
		return true
	}
	return named(column, "deleted", "archived", "removed", "cancelled", "canceled", "discontinued", "parent", "token", "reset")
}

// negativeFlag: a flag that is normally off.
func negativeFlag(column live.Column) bool {
	return named(column, "deleted", "archived", "removed", "disabled", "blocked", "banned", "hidden", "cancelled", "canceled", "discontinued", "locked", "suspended")
}

// byName are values that a column of this name usually wants.
func byName(column live.Column) []choice {
	words := wordsOf(column.Name)
	has := func(wanted ...string) bool {
		return slices.ContainsFunc(wanted, func(word string) bool { return slices.Contains(words, word) })
	}
	switch {
	case has("email", "mail", "correo", "courriel", "e"), strings.Contains(strings.ToLower(column.Name), "email"):
		return []choice{counted("user%d@example.com"), counted("u%d@ex.io")}
	case has("phone", "telephone", "tel", "mobile", "telefono", "telefon", "celular", "movil", "fax"):
		return []choice{counted("+1555%07d"), counted("555%07d"), counted("+49 30 %06d"), counted("(555) 555-%04d"), counted("555-555-%04d"), counted("%06d")}
	case has("hash", "password", "passwd", "pwd", "passwort", "contrasena", "senha"):
		return append([]choice{{value: func(int) string { return "$2b$12$" + strings.Repeat("abcdefghij", 5) + "klm" }}}, fixed("Secret-password-1", "secret12", "aB3$aB3$")...)
	case has("country", "pais", "land", "pays"):
		return fixed("US", "USA", "Spain")
	case has("currency", "moneda", "waehrung", "devise"):
		return fixed("EUR", "USD")
	case has("zip", "zipcode", "postcode", "postal", "plz", "cp"):
		return fixed("10115", "AB1 2CD")
	case has("locale", "language", "lang"):
		return fixed("en", "en-US")
	case has("slug", "handle"):
		return []choice{counted("item-%d")}
	case has("sku", "code", "codigo", "ean", "barcode", "number", "no", "reference", "ref"):
		return []choice{counted("ABC-%04d"), counted("ABC%03d"), counted("%013d"), counted("A%d")}
	case has("url", "uri", "image", "photo", "link", "website", "avatar"):
		return []choice{counted("https://example.com/%d"), counted("/images/%d.png")}
	case has("ip"):
		return fixed("192.0.2.1")
	case has("color", "colour"):
		return fixed("#aabbcc", "red")
	case has("sex", "gender"):
		return fixed("F", "female", "other")
	case has("uuid", "guid"):
		return []choice{others["uuid"]()[0]}
	case has("status", "state", "estado", "kind", "type", "tipo", "method", "role", "unit", "size", "gender"):
		return nil // a closed list, if anything is known of it
	case has("path"):
		return []choice{counted("n%d")}
	case has("username", "login", "nick", "nickname", "usuario", "user"):
		return []choice{counted("user%d"), counted("username%04d")}
	case has("name", "nombre", "nom", "nome", "title", "titulo", "titre", "titel", "bezeichnung", "description", "descripcion", "label", "first", "last", "street", "city", "address", "calle", "ciudad"):
		return []choice{counted("name %d"), counted("Name%d")}
	}
	return nil
}
