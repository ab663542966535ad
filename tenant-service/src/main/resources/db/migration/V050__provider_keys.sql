-- Tenants' own keys for model providers, sealed. A row whose key was deleted stays without it, for its version.

CREATE TABLE provider_key (
    tenant_id   uuid NOT NULL REFERENCES tenant,
    provider    text NOT NULL,
    -- Another one for each key that was ever set. The ciphertext is bound to it, as to tenant, provider and base URL.
    key_id      uuid NOT NULL,
    sealed      text,
    last_four   text NOT NULL,
    fingerprint text NOT NULL,
    base_url    text NOT NULL,
    fallback    text NOT NULL CHECK (fallback IN ('none', 'platform')),
    version     bigint NOT NULL DEFAULT 1,
    set_at      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, provider)
);

SELECT tenant.protect('provider_key',
    app => '{select,insert,"update (key_id, sealed, last_four, fingerprint, base_url, fallback, version, set_at)"}',
    platform => '{"select": true, "update (version)": true,
        "delete": "EXISTS (SELECT 1 FROM public.tenant t WHERE t.tenant_id = provider_key.tenant_id AND t.status = ''erasing'')"}');
