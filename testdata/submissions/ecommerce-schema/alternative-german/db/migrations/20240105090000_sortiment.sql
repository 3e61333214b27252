-- migrate:up
CREATE TABLE "Kategorie" (
    "KategorieNr"     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "OberkategorieNr" bigint REFERENCES "Kategorie",
    "Bezeichnung"     text NOT NULL,
    UNIQUE NULLS NOT DISTINCT ("OberkategorieNr", "Bezeichnung"),
    CHECK ("OberkategorieNr" <> "KategorieNr")
);

CREATE TABLE "Artikel" (
    "ArtikelNr"    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "EAN"          text NOT NULL UNIQUE,
    "Bezeichnung"  text NOT NULL,
    "Beschreibung" text NOT NULL DEFAULT '',
    "Preis"        numeric(10,2) NOT NULL CHECK ("Preis" >= 0),
    "Lagerbestand" integer NOT NULL DEFAULT 0 CHECK ("Lagerbestand" >= 0)
);
CREATE INDEX ON "Artikel" ("Bezeichnung" text_pattern_ops);

CREATE TABLE "ArtikelKategorie" (
    "ArtikelNr"   bigint NOT NULL REFERENCES "Artikel" ON DELETE CASCADE,
    "KategorieNr" bigint NOT NULL REFERENCES "Kategorie" ON DELETE CASCADE,
    PRIMARY KEY ("KategorieNr", "ArtikelNr")
);
CREATE INDEX ON "ArtikelKategorie" ("ArtikelNr");

-- migrate:down
DROP TABLE "ArtikelKategorie", "Artikel", "Kategorie";
