ALTER TABLE todos ADD COLUMN due_date date;
