CREATE TABLE kunden (kunden_nr integer GENERATED ALWAYS AS IDENTITY (START WITH 10000) PRIMARY KEY, nachname varchar(40) NOT NULL, strasse varchar(60), plz char(5) CHECK (plz ~ '^[0-9]{5}$'), geschlecht char(1) CHECK (geschlecht IN ('m', 'w', 'd')));
CREATE TABLE warengruppen (kuerzel char(3) PRIMARY KEY, bezeichnung varchar(40) NOT NULL UNIQUE);
CREATE TABLE artikel (artikel_nr varchar(8) PRIMARY KEY, gruppe char(3) NOT NULL REFERENCES warengruppen, preis numeric(8,2) NOT NULL CHECK (preis >= 0.01), mwst numeric(3,1) NOT NULL CHECK (mwst IN (7.0, 19.0)));
CREATE TABLE bestellungen (bestell_nr bigserial PRIMARY KEY, kunden_nr integer NOT NULL REFERENCES kunden ON DELETE RESTRICT, datum date NOT NULL DEFAULT current_date);
CREATE TABLE bestellpositionen (bestell_nr bigint REFERENCES bestellungen ON DELETE CASCADE, position smallint CHECK (position > 0), artikel_nr varchar(8) NOT NULL REFERENCES artikel, menge integer NOT NULL CHECK (menge > 0), PRIMARY KEY (bestell_nr, position));
