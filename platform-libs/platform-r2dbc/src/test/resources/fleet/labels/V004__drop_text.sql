-- weir:phase contract
ALTER TABLE label DROP COLUMN text;
