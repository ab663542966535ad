-- weir:allow-in-file index-not-concurrent: there are no rows before the first release
-- The version that the broker has: what is behind it is sent again until it is not.
ALTER TABLE budget ADD COLUMN published_version bigint NOT NULL DEFAULT 0;
CREATE INDEX budget_unpublished ON budget (tenant_id, budget_id) WHERE version > published_version;
-- An operator set it: its tenant's admins may neither change nor remove it.
ALTER TABLE budget ADD COLUMN set_by_platform boolean NOT NULL DEFAULT false;
