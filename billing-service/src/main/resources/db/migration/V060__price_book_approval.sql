-- weir:allow-in-file constraint-at-once: there are no rows before the first release
-- A version is a draft until somebody approves or rejects it. What it says is kept whole, so that it can be shown,
-- compared and approved as it was shown; its rules are rows once it is approved.
ALTER TABLE price_book DROP CONSTRAINT price_book_status_check;
ALTER TABLE price_book
    ADD CONSTRAINT price_book_status_check CHECK (status IN ('draft', 'approved', 'retired', 'rejected')),
    ALTER COLUMN approved_at DROP NOT NULL,
    ADD COLUMN owner_tenant uuid,
    ADD COLUMN parent_id    text,
    ADD COLUMN terms        text,
    ADD COLUMN content      text,
    ADD COLUMN base_version bigint,
    ADD COLUMN quarantined  boolean NOT NULL DEFAULT false,
    ADD COLUMN from_file    boolean NOT NULL DEFAULT false,
    ADD COLUMN imported_at  timestamptz,
    ADD COLUMN imported_by  text,
    ADD COLUMN decided_by   text;

COMMENT ON COLUMN price_book.owner_tenant IS 'the one tenant whose calls it prices; null: the platform''s';
COMMENT ON COLUMN price_book.parent_id IS 'the platform''s book that its discounts are taken from';
COMMENT ON COLUMN price_book.terms IS 'the file of a tenant''s book, from which it is made again when its parent changes';
COMMENT ON COLUMN price_book.content IS 'what is published when it is approved';
COMMENT ON COLUMN price_book.base_version IS 'the version in force that it was compared with; null: there was none';
COMMENT ON COLUMN price_book.quarantined IS 'a price changes by more than a fifth';

-- What was stored without its content is stored anew at the next start.
UPDATE price_book SET status = 'retired' WHERE status = 'approved';
