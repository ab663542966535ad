ALTER TABLE label ADD COLUMN lang text;
ALTER TABLE label ADD COLUMN lang text;
