-- weir:allow-in-file index-not-concurrent: there are no rows before the first release
-- Keys that are bound to addresses, have settings of their own, are rotated, grow old and leave the topic.

ALTER TABLE api_key
    ADD COLUMN ip_ranges       text[]      NOT NULL DEFAULT '{}',
    ADD COLUMN settings        jsonb       NOT NULL DEFAULT '{}',
    ADD COLUMN pepper_id       text,
    -- The key that replaces this one; it is rotated once.
    ADD COLUMN rotated_to      text,
    -- Since when the tenant's rule says that it is too old, and when that ends it. Apart from expires_at, which is the
    -- owner's: the rule may change.
    ADD COLUMN due_at          timestamptz,
    ADD COLUMN aged_expires_at timestamptz,
    ADD COLUMN last_used_at    timestamptz,
    -- Since when it has left the topic.
    ADD COLUMN withdrawn_at    timestamptz;

GRANT UPDATE (name, ip_ranges, settings, expires_at, rotated_to, due_at, aged_expires_at) ON api_key TO ${app};
GRANT UPDATE (due_at, aged_expires_at, last_used_at, withdrawn_at) ON api_key TO ${platform};
DROP POLICY IF EXISTS api_key_platform_lock ON api_key;
CREATE POLICY api_key_platform_change ON api_key FOR UPDATE TO ${platform} USING (true) WITH CHECK (true);

-- The list of a tenant's keys, and the counts that limit it, whatever the length of its history.
CREATE INDEX api_key_newest ON api_key (tenant_id, created_at DESC, key_id);
CREATE INDEX api_key_live ON api_key (tenant_id) WHERE status = 'active' AND withdrawn_at IS NULL;

-- A row without payload removes its key from the topic.
ALTER TABLE outbox ALTER COLUMN payload DROP NOT NULL;
CREATE INDEX outbox_oldest ON outbox (tenant_id, created_at);
-- What is on the topic: what housekeeping looks at, however long the history is.
CREATE INDEX api_key_on_topic ON api_key (tenant_id, key_id) WHERE withdrawn_at IS NULL;
