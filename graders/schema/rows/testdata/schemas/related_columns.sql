-- Rules over several columns at once.
CREATE TABLE campaign (id int PRIMARY KEY, starts date NOT NULL, ends date NOT NULL, CHECK (ends > starts), budget numeric(8,2) NOT NULL, spent numeric(8,2) NOT NULL, CHECK (spent < budget AND spent > 0));
CREATE TABLE price (id int PRIMARY KEY, regular numeric(8,2) NOT NULL CHECK (regular > 0), sale numeric(8,2), cost numeric(8,2) NOT NULL, CHECK (sale < regular), CHECK (cost < sale));
CREATE TABLE payment (id int PRIMARY KEY, card text, iban text, paypal text, CHECK (num_nonnulls(card, iban, paypal) = 1));
CREATE TABLE person (id int PRIMARY KEY, email text, phone text, CHECK (email IS NOT NULL OR phone IS NOT NULL), born date CHECK (born < CURRENT_DATE - 6570), age int CHECK (age >= 18));
CREATE TABLE shipment (id int PRIMARY KEY, status text NOT NULL CHECK (status IN ('waiting','sent')), sent_at timestamptz, CHECK ((status = 'sent') = (sent_at IS NOT NULL)));
CREATE TABLE parcel (id int PRIMARY KEY, width int NOT NULL, height int NOT NULL, depth int NOT NULL, CHECK (width * height * depth >= 1000 AND width <> height));
