COMMENT ON INDEX tenant_slug_key IS 'weir:allow only the platform role writes slugs, so that a duplicate tells no tenant of another';

-- The policies and grants of tenant tables are generated: what was written by hand before is replaced.
SELECT tenant.protect('tenant',
    app => '{select,"update (status, version, updated_at, suspended_by, suspended_reason)"}',
    platform => '{"select": true, "insert": true, "update": true}',
    support => true);
-- The platform's role deletes what was copied to the placed history, and rows of a tenant that is being erased.
SELECT tenant.protect('tenant_config', app => '{select,insert}',
    platform => '{"select": true, "insert": "version = 1", "update (copied)": true,
        "delete": "copied OR EXISTS (SELECT 1 FROM public.tenant t WHERE t.tenant_id = tenant_config.tenant_id AND t.status = ''erasing'')"}',
    support => true);
SELECT tenant.protect('api_key',
    app => '{select,insert,"update (status, version, revoked_at, name, ip_ranges, settings, expires_at, rotated_to, due_at, aged_expires_at)"}',
    platform => '{"select": true, "insert": true, "update (version, due_at, aged_expires_at, last_used_at, withdrawn_at)": true,
        "delete": "EXISTS (SELECT 1 FROM public.tenant t WHERE t.tenant_id = api_key.tenant_id AND t.status = ''erasing'')"}');
SELECT tenant.protect('outbox', app => '{select,insert}',
    platform => '{"select": true, "insert": true, "update": true, "delete": true}');
SELECT tenant.protect('job', app => '{select,insert,"update (state)"}',
    platform => '{"select": true, "insert": true, "update": true, "delete": true}', support => true);
SELECT tenant.protect('audit_sequence', app => '{select,insert,"update (last)"}',
    platform => '{"select": true, "insert": true, "update (last)": true}');
SELECT tenant.protect('audit_outbox', app => '{select,insert}',
    platform => '{"select": true, "insert": true, "update (claimed_until)": true, "delete": true}');
