ALTER TABLE label ADD COLUMN size int;
