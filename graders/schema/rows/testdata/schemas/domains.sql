CREATE DOMAIN email_address AS varchar(254) CHECK (VALUE ~ '^[^@]+@[^@]+\.[^@]+$');
CREATE DOMAIN positive_money AS numeric(12,2) NOT NULL CHECK (VALUE > 0);
CREATE DOMAIN list_price AS positive_money CHECK (VALUE < 100000);
CREATE DOMAIN percent AS smallint CONSTRAINT pct CHECK (VALUE >= 5 AND VALUE <= 95);
CREATE DOMAIN iso_country AS char(2) CHECK (VALUE ~ '^[A-Z]{2}$');
CREATE TABLE account (id int PRIMARY KEY, mail email_address NOT NULL UNIQUE, country iso_country NOT NULL);
CREATE TABLE item (id int PRIMARY KEY, price list_price, discount percent NOT NULL, label text NOT NULL CHECK (char_length(label) BETWEEN 3 AND 40));
