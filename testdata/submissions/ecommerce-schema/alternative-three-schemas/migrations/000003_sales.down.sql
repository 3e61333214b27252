DROP TABLE sales.payments, sales.order_events, sales.order_lines, sales.orders; DROP TYPE sales.order_status;
