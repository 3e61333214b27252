SET enable_seqscan = off;
SET seq_page_cost = 1000000;
SET statement_timeout = 0;
SET max_parallel_workers_per_gather = 64;
SET work_mem = '8GB';
