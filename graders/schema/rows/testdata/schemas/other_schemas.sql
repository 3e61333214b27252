CREATE SCHEMA crm; CREATE SCHEMA sales; CREATE SCHEMA "Catalog";
CREATE TYPE sales.state AS ENUM ('open', 'closed');
CREATE DOMAIN crm.mail AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE crm.members (id bigserial PRIMARY KEY, email crm.mail NOT NULL UNIQUE);
CREATE TABLE "Catalog"."Product" ("Id" bigserial PRIMARY KEY, "ProductName" text NOT NULL, "Price" numeric(9,2) NOT NULL CHECK ("Price" > 0));
CREATE TABLE sales.purchases (id bigserial PRIMARY KEY, member bigint NOT NULL REFERENCES crm.members, state sales.state NOT NULL DEFAULT 'open');
CREATE TABLE sales.purchase_lines (purchase bigint NOT NULL REFERENCES sales.purchases, product bigint NOT NULL REFERENCES "Catalog"."Product", amount int NOT NULL CHECK (amount >= 1), PRIMARY KEY (purchase, product));
