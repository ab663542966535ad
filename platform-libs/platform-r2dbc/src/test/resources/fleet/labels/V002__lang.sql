ALTER TABLE label ADD COLUMN lang text;
