-- Every key has the tenant in it, so parents must share theirs.
CREATE TABLE tenants (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE customers (tenant_id int NOT NULL REFERENCES tenants, id int NOT NULL, email text NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email));
CREATE TABLE products (tenant_id int NOT NULL REFERENCES tenants, id int NOT NULL, name text NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE orders (tenant_id int NOT NULL, id int NOT NULL, customer_id int NOT NULL, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, customer_id) REFERENCES customers);
CREATE TABLE lines (tenant_id int NOT NULL REFERENCES tenants, order_id int NOT NULL, product_id int NOT NULL, qty int NOT NULL,
  PRIMARY KEY (tenant_id, order_id, product_id), FOREIGN KEY (tenant_id, order_id) REFERENCES orders, FOREIGN KEY (tenant_id, product_id) REFERENCES products);
