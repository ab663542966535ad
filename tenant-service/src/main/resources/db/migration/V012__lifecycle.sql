-- weir:allow-in-file constraint-at-once: there are no rows before the first release
-- weir:allow-in-file index-not-concurrent: there are no rows before the first release
-- Tenants that leave, and jobs that take time.

ALTER TABLE tenant DROP CONSTRAINT tenant_status_check;
ALTER TABLE tenant
    ADD CONSTRAINT tenant_status_check CHECK (status IN ('active', 'suspended', 'offboarding', 'erasing', 'erased')),
    -- The operator's suspension is the operator's to lift.
    ADD COLUMN suspended_by     text CHECK (suspended_by IN ('operator', 'tenant')),
    ADD COLUMN suspended_reason text,
    ADD COLUMN erase_after      timestamptz;
GRANT UPDATE (suspended_by, suspended_reason) ON tenant TO ${app};

-- state NULL: the job ends when the broker has the tenant's version. Otherwise a worker does it, in steps that may be
-- repeated; claimed_until is the end of its lease, after which another takes over.
ALTER TABLE job
    ADD COLUMN state         text CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'cancelled')),
    ADD COLUMN done          bigint NOT NULL DEFAULT 0,
    ADD COLUMN total         bigint NOT NULL DEFAULT 0,
    ADD COLUMN error         text,
    ADD COLUMN result        jsonb,
    ADD COLUMN due_at        timestamptz,
    ADD COLUMN started_at    timestamptz,
    ADD COLUMN claimed_until timestamptz;
CREATE INDEX job_open ON job (tenant_id, job_id) WHERE state IN ('waiting', 'running');
GRANT INSERT, UPDATE ON job TO ${platform};
GRANT UPDATE (state) ON job TO ${app};
DROP POLICY IF EXISTS job_platform_read ON job;
CREATE POLICY job_platform ON job TO ${platform} USING (true) WITH CHECK (true);

-- The platform's role deletes rows of a tenant that is being erased, and of no other. Its row in the directory stays,
-- emptied: its slug is never given again.
GRANT DELETE ON api_key, tenant_config, job, outbox TO ${platform};
CREATE POLICY api_key_erasure ON api_key FOR DELETE TO ${platform}
    USING (EXISTS (SELECT 1 FROM tenant t WHERE t.tenant_id = api_key.tenant_id AND t.status = 'erasing'));
CREATE POLICY tenant_config_erasure ON tenant_config FOR DELETE TO ${platform}
    USING (EXISTS (SELECT 1 FROM tenant t WHERE t.tenant_id = tenant_config.tenant_id AND t.status = 'erasing'));
