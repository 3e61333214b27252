-- +goose Up
CREATE TABLE purchases (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id    bigint REFERENCES accounts ON DELETE SET NULL,
    contact_email email_address NOT NULL,
    contact_name  text NOT NULL,
    delivery_address  text NOT NULL,
    delivery_postcode text NOT NULL,
    state         text NOT NULL DEFAULT 'open',
    purchased_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT purchases_state CHECK (state IN ('open', 'paid', 'sent', 'void'))
);
CREATE INDEX purchases_account ON purchases (account_id, purchased_at DESC);
CREATE INDEX purchases_state_time ON purchases (state, purchased_at DESC);

CREATE TABLE purchase_lines (
    purchase_id bigint NOT NULL REFERENCES purchases ON DELETE CASCADE,
    item_id     bigint NOT NULL REFERENCES items ON DELETE RESTRICT,
    quantity    integer NOT NULL,
    unit_price  money_amount NOT NULL,
    PRIMARY KEY (purchase_id, item_id)
);
CREATE INDEX purchase_lines_item ON purchase_lines (item_id);

-- +goose StatementBegin
CREATE FUNCTION refuse_empty_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.quantity < 1 THEN
        RAISE EXCEPTION 'a line needs at least one piece' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER purchase_lines_quantity BEFORE INSERT OR UPDATE ON purchase_lines
    FOR EACH ROW EXECUTE FUNCTION refuse_empty_lines();

CREATE TABLE payments (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    purchase_id bigint NOT NULL REFERENCES purchases,
    amount      money_amount NOT NULL,
    psp_id      text NOT NULL UNIQUE
);
CREATE INDEX payments_purchase ON payments (purchase_id);

-- +goose Down
DROP TABLE payments, purchase_lines, purchases;
DROP FUNCTION refuse_empty_lines();
