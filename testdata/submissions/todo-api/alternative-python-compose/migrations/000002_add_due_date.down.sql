ALTER TABLE todos DROP COLUMN due_date;
