CREATE TABLE orders (order_id int, customer_name text, product varchar(10), qty int, price float);
CREATE TABLE log (line text);
CREATE TABLE empty ();
