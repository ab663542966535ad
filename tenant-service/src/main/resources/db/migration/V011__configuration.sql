-- weir:allow-in-file index-not-concurrent: there are no rows before the first release
-- weir:allow-in-file whole-table-write: there are no rows before the first release
-- Only what is in force, and what has not been copied to the placed history, stays in tenant_config.

ALTER TABLE tenant_config ADD COLUMN copied boolean NOT NULL DEFAULT false;
CREATE INDEX tenant_config_to_copy ON tenant_config (tenant_id) WHERE NOT copied;

GRANT UPDATE (copied), DELETE ON tenant_config TO ${platform};
CREATE POLICY tenant_config_platform_copied ON tenant_config FOR UPDATE TO ${platform} USING (true) WITH CHECK (true);
CREATE POLICY tenant_config_platform_superseded ON tenant_config FOR DELETE TO ${platform} USING (copied);

-- How many keys and members a plan has room for.
ALTER TABLE plan_terms
    ADD COLUMN keys    int NOT NULL DEFAULT 1000 CHECK (keys > 0),
    ADD COLUMN members int NOT NULL DEFAULT 1000 CHECK (members > 0);
UPDATE plan_terms SET keys = CASE plan_key WHEN 'free' THEN 10 WHEN 'starter' THEN 100 ELSE 1000 END,
                      members = CASE plan_key WHEN 'free' THEN 3 WHEN 'starter' THEN 25 WHEN 'growth' THEN 250 ELSE 5000 END;
UPDATE plan SET version = version + 1;
