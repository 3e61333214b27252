-- Triggers make rows, fill columns and check stock, and rely on the search path.
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, updated_at timestamptz NOT NULL);
CREATE TABLE carts (id serial PRIMARY KEY, user_id int NOT NULL UNIQUE REFERENCES users);
CREATE TABLE products (id serial PRIMARY KEY, name text NOT NULL, stock int NOT NULL DEFAULT 0 CHECK (stock >= 0), slug text UNIQUE NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users, total numeric NOT NULL DEFAULT 0);
CREATE TABLE lines (order_id int REFERENCES orders, product_id int REFERENCES products, qty int NOT NULL, price numeric NOT NULL, PRIMARY KEY (order_id, product_id));
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE FUNCTION cart() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO carts (user_id) VALUES (NEW.id); RETURN NULL; END $$;
CREATE TRIGGER cart AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION cart();
CREATE FUNCTION take() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE products SET stock = stock - NEW.qty WHERE id = NEW.product_id AND stock >= NEW.qty;
  IF NOT FOUND THEN RAISE EXCEPTION 'insufficient stock'; END IF;
  UPDATE orders SET total = total + NEW.qty * NEW.price WHERE id = NEW.order_id; RETURN NEW; END $$;
CREATE TRIGGER take BEFORE INSERT ON lines FOR EACH ROW EXECUTE FUNCTION take();
