-- migrate:up
CREATE COLLATION ohne_gross_klein (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

CREATE TABLE "Kunde" (
    "KundeNr"      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "EMail"        text COLLATE ohne_gross_klein NOT NULL UNIQUE,
    "PasswortHash" text NOT NULL,
    "Vorname"      text NOT NULL,
    "Nachname"     text NOT NULL,
    "Telefon"      text,
    "ErstelltAm"   timestamptz NOT NULL DEFAULT now()
);

-- migrate:down
DROP TABLE "Kunde";
