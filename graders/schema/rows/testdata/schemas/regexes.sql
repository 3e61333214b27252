CREATE TABLE codes (
  ean char(13) NOT NULL CHECK (ean ~ '^\d{13}$'), plate text NOT NULL CHECK (plate SIMILAR TO '[A-Z]{1,3}-[A-Z]{1,2} [0-9]{1,4}'),
  hex varchar(7) NOT NULL CHECK (hex ~* '^#[0-9a-f]{6}$'), slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(?:-[a-z0-9]+)*$'),
  iban text NOT NULL CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'), zip text NOT NULL CHECK (zip ~ '^[0-9]{5}(-[0-9]{4})?$'),
  name text NOT NULL CHECK (name = upper(name) AND length(name) >= 4), trimmed text NOT NULL CHECK (trimmed = btrim(trimmed) AND trimmed <> ''),
  ref varchar(12) PRIMARY KEY CHECK (ref LIKE 'R-____-%'), password text NOT NULL CHECK (length(password) = 60), tax text NOT NULL CHECK (tax !~ '[^0-9]' AND length(tax) = 10));
