-- Whether the answers of a batch are kept to be given again.
ALTER TABLE batch ADD COLUMN fills_cache boolean NOT NULL DEFAULT false;
