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

// vocabulary lists, for each English lemma, the words that mean it: synonyms of its
// spelling, abbreviations, Spanish, Portuguese, French, German and Italian ones, without
// accents and mostly in the singular. Nothing here says which role a word speaks for.
var vocabulary = map[string]string{
	// people
	"user":     "usr usuario utilisateur utilizador benutzer nutzer anwender utente",
	"customer": "cust client cliente cli kunde kunden kd clientela",
	"shopper":  "", "consumer": "consumidor consommateur verbraucher",
	"buyer":   "comprador acheteur kaeufer kaufer besteller purchaser",
	"member":  "miembro membro membre mitglied socio subscriber",
	"account": "acct cuenta conta compte konto",
	"person":  "people persona pessoa personne party", "profile": "perfil profil",
	"contact": "contacto contato kontakt", "guest": "invitado convidado invite gast", "patron": "",
	"supplier": "vendor proveedor fornecedor fournisseur lieferant fornitore wholesaler", "seller": "vendedor vendeur verkaeufer merchant haendler tienda",
	"employee": "emp staff worker personnel empleado funcionario employe mitarbeiter", "admin": "administrator administrador operator manager moderator agent",
	"carrier": "courier driver shipper transportista transporteur spediteur", "company": "empresa entreprise firma unternehmen organization organisation tenant",

	// things sold
	"product": "prod prd producto produto produit produkt artikel art prodotto", "item": "itm iten articulo",
	"article": "artigo articolo", "goods": "merchandise merch mercancia mercadoria ware waren", "listing": "anzeige", "offer": "angebot oferta offre",
	"variant": "variation variante variacao variacion ausfuehrung presentacion", "sku": "skus", "option": "opcion opcao",
	"category": "cat categ ctg catg categoria categorie kategorie cate subcategory subcategoria unterkategorie", "department": "dept departamento rayon abteilung",
	"collection": "coleccion colecao kollektion", "group": "grp grupo groupe gruppe", "productgroup": "warengruppe artikelgruppe produktgruppe",
	"section": "seccion secao", "taxonomy": "taxonomia", "taxon": "", "genre": "genero", "tag": "etiqueta schlagwort", "family": "familia famille familie",
	"rubric": "rubrik rubrique rubro", "brand": "marca marque marke", "manufacturer": "maker fabricante hersteller fabricant",
	"attribute": "attr atributo attribut property caracteristica merkmal specification spec feature eigenschaft", "image": "img photo picture pic media imagen foto imagem bild thumbnail video",

	// orders
	"order": "ord pedido ped commande cmd cde bestellung bestell auftrag orden encomenda ordine orderhead salesorder", "purchase": "compra achat kauf einkauf acquisition",
	"sale": "sales venta venda vente verkauf", "transaction": "txn trx tx transaccion transacao transaktion", "invoice": "factura fatura facture rechnung nf",
	"header": "hdr head kopf cabecera cabecalho entete", "checkout": "", "booking": "reserva buchung reservation",
	"line": "ln ligne linha linea renglon zeile posten partida riga", "detail": "dtl det detalle detalhe dettaglio", "position": "pos posicion", "entry": "eintrag",
	"cart": "shoppingcart shoppingbag basket trolley carrito carrinho panier warenkorb einkaufswagen einkaufskorb cesta carrello bag", "wishlist": "favorite favourite favorito wunschliste deseo saved merkzettel",
	"return": "rma devolucion devolucao retour ruecksendung", "refund": "reembolso remboursement erstattung gutschrift",
	"payment": "pay pymt pago pagamento paiement zahlung bezahlung cobro reglement", "charge": "", "shipment": "envio entrega livraison lieferung versand sendung delivery fulfillment fulfilment dispatch expedition shipping liefer ship",
	"parcel": "package paquete pacote colis paket", "billing": "bill facturacion faturamento facturation cobranca",
	"coupon": "voucher promocode promo gutschein cupon cupom gutscheincode", "promotion": "promocion promocao aktion campaign kampagne campana",
	"review": "resena valoracion avaliacao avis bewertung rezension testimonial", "comment": "comentario commentaire kommentar", "feedback": "opinion", "rating": "stars star score puntuacion calificacion nota sterne etoile punkte estrellas",
	"inventory": "inv inventario inventaire lager almacen", "warehouse": "deposito entrepot lagerort", "stock": "stk estoque existencia bestand lagerbestand lagermenge onhand instock vorrat",
	"history": "hist historial historico historique verlauf historie storico", "log": "audit logs protokoll registro journal bitacora", "event": "evento ereignis evenement", "change": "cambio aenderung alteracao mudanca changement",
	"archive": "archivo archiv", "revision": "", "movement": "movimiento movimento mouvement bewegung",
	"session": "sesion sessao", "token": "", "role": "rol papel rolle", "permission": "permiso permissao recht", "setting": "config configuration preference", "notification": "notificacion", "message": "mensaje nachricht outbox",
	"question": "pregunta frage faq", "migration": "schema_migrations flyway", "currency": "moneda moeda waehrung devise", "tax": "vat iva impuesto imposto taxe steuer mwst taxes",
	"credential": "auth identity oauth",

	// columns
	"id": "uuid guid key pk fk oid ident identifier kennung", "number": "no num nr numero nummer numbr", "code": "codigo cod kod kuerzel",
	"name": "nm nombre nome nom bezeichnung label benennung", "title": "titulo titre titel", "fullname": "displayname",
	"first": "", "last": "", "firstname": "fname forename givenname vorname prenom prenome nombres", "lastname": "lname surname familyname nachname apellido sobrenome",
	"email": "mail correo courriel emailaddress emailaddr mailadresse", "password": "passwd pwd pass passwort kennwort contrasena clave senha passe motdepasse passhash pwdhash pw secret", "hash": "digest hashed encrypted",
	"login": "username handle nick nickname benutzername identifiant apodo loginname nutzername", "phone": "telephone tel mobile cell cellphone telefono telefone celular movil telefon handy phonenumber portable rufnummer",
	"address": "addr adr direccion endereco adresse anschrift domicilio indirizzo", "street": "calle rua rue strasse str logradouro via", "city": "town ciudad cidade ville stadt ort localidad municipio",
	"postcode": "zip zipcode plz cep cp postleitzahl postalcode", "postal": "", "country": "pais pays land nation", "region": "province provincia county bundesland",
	"price": "prc precio preco prix preis prezzo tarif tarifa msrp rrp", "cost": "costo custo cout kosten einkaufspreis coste", "amount": "amt monto montant importe betrag valor value", "total": "gesamt gesamtbetrag gesamtsumme summe grandtotal tot sum gesamtpreis endbetrag",
	"subtotal": "zwischensumme soustotal", "discount": "descuento desconto rabatt remise", "fee": "gebuehr taxa frais", "cents": "cent minor centavos centavo centimes centime ct pennies pence",
	"unitprice": "einzelpreis stueckpreis", "unit": "unitario unitaria unitaire einzel each unite unidad unidade stueck", "quantity": "qty qte qtd qtde cant cantidad quantidade quantite menge anzahl count quant ctd stueckzahl units",
	"description": "desc descr descripcion descricao beschreibung body text summary about descrizione blurb synopsis", "slug": "permalink handle_url", "ean": "upc barcode isbn gtin asin mpn artikelnummer artnr artikelnr articlenumber produktnummer partnumber",
	"status": "statut etat zustand situacao estatus stato", "state": "estado", "date": "fecha datum dt dte dia tag_am dat", "time": "zeit hora heure uhrzeit timestamp ts at on",
	"created": "create creation creado creada criado cree creacion criacao erstellt erstellung angelegt added registered registration inserted registro_en anlage ctime eingang joined", "updated": "update modified aktualisiert geaendert actualizado atualizado modifie mtime",
	"placed": "ordered purchased bestellt submitted issued", "deleted": "delete archived removed discontinued retired geloescht eliminado borrado excluido supprime baja disabled", "active": "enabled aktiv activo ativo actif inactive published visible hidden",
	"available": "verfuegbar disponible disponivel",
	"parent":    "padre pai mere father eltern ober uebergeordnet superior ancestor oberkategorie parentid", "type": "tipo typ kind art_von class klasse", "weight": "peso gewicht poids", "note": "notes notiz memo remark observacion", "by": "von_wem", "valid": "effective gueltig vigente valide vigencia", "from": "since desde ab start starts begin inicio debut von", "to": "until hasta ate bis end ends fin ende expires expiry",
	"reference": "ref referencia", "external": "remote foreign extern", "new": "", "old": "previous anterior alt compare original before", "list": "liste regular", "base": "basis", "current": "actual aktuell", "percent": "pct rate prozent porcentaje percentage",
	"url": "link uri path", "locale": "language lang idioma sprache translation i18n traduccion uebersetzung", "sequence": "seq sort rank ordering",
}

// phrases are two words that mean one together.
var phrases = map[string]string{
	"first name": "firstname", "last name": "lastname", "user name": "login", "postal code": "postcode", "code postal": "postcode", "zip code": "postcode",
	"post code": "postcode", "family name": "lastname", "given name": "firstname", "full name": "fullname", "display name": "fullname", "code email": "email",
	"email electronico": "email", "mot password": "password", "name user": "login", "promotion code": "coupon", "discount code": "coupon", "sub total": "subtotal",
	"stock keeping": "sku", "part number": "ean", "product number": "ean", "article number": "ean", "product code": "ean", "item code": "ean", "item number": "ean",
	"list wish": "wishlist", "wish list": "wishlist", "name category": "name", "e email": "email", "product group": "productgroup", "cart shopping": "cart", "shopping cart": "cart",
	"stock level": "stock", "grand total": "total", "sequence number": "sequence", "on hand": "stock", "time hand": "stock", "user permission": "permission", "number phone": "phone", "phone number": "phone",
	"product image": "image", "line number": "linenumber", "number line": "linenumber", "position number": "linenumber", "price unit": "unitprice", "unit price": "unitprice", "price single": "unitprice",
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
