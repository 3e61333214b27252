-- migrate:up
CREATE TABLE "Bestellung" (
    "BestellNr"      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "KundeNr"        bigint NOT NULL REFERENCES "Kunde" ON DELETE RESTRICT,
    "Status"         text NOT NULL DEFAULT 'offen' CHECK ("Status" IN ('offen', 'bezahlt', 'versandt', 'storniert')),
    "Bestelldatum"   timestamptz NOT NULL DEFAULT now(),
    "LieferStraße"   text NOT NULL,
    "LieferPLZ"      text NOT NULL,
    "LieferOrt"      text NOT NULL,
    "LieferLand"     text NOT NULL
);
CREATE INDEX ON "Bestellung" ("KundeNr", "Bestelldatum" DESC);
CREATE INDEX ON "Bestellung" ("Status", "Bestelldatum" DESC);

CREATE TABLE "Bestellposition" (
    "BestellNr"   bigint NOT NULL REFERENCES "Bestellung" ON DELETE CASCADE,
    "ArtikelNr"   bigint NOT NULL REFERENCES "Artikel" ON DELETE RESTRICT,
    "Menge"       integer NOT NULL CHECK ("Menge" > 0),
    "Stückpreis"  numeric(10,2) NOT NULL CHECK ("Stückpreis" >= 0),
    PRIMARY KEY ("BestellNr", "ArtikelNr")
);
CREATE INDEX ON "Bestellposition" ("ArtikelNr");

CREATE TABLE "Zahlung" (
    "ZahlungNr" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "BestellNr" bigint NOT NULL REFERENCES "Bestellung",
    "Betrag"    numeric(10,2) NOT NULL CHECK ("Betrag" > 0),
    "GezahltAm" timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON "Zahlung" ("BestellNr");

-- migrate:down
DROP TABLE "Zahlung", "Bestellposition", "Bestellung";
