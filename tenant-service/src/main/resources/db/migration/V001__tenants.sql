-- Tenant tables begin every key with tenant_id, force row security, and have one policy for the app role.
-- The platform role has policies on the tables that it crosses tenants on, for the commands named there.

CREATE TABLE plan (
    plan_key text PRIMARY KEY,
    name     text NOT NULL,
    rank     int NOT NULL,
    aliases  text[] NOT NULL DEFAULT '{}',
    version  bigint NOT NULL DEFAULT 1
);

CREATE TABLE plan_terms (
    plan_key             text NOT NULL REFERENCES plan,
    effective_from       timestamptz NOT NULL,
    monthly_fee          numeric(38, 12) NOT NULL CHECK (monthly_fee >= 0),
    included_calls       bigint CHECK (included_calls >= 0),
    included_per         text NOT NULL CHECK (included_per IN ('DAY', 'MONTH')),
    overage_per_call     numeric(38, 12) CHECK (overage_per_call >= 0),
    markup               numeric(38, 12) NOT NULL DEFAULT 1 CHECK (markup >= 0),
    default_max_tokens   int NOT NULL CHECK (default_max_tokens > 0),
    requests_per_hour    bigint NOT NULL,
    burst_factor         int NOT NULL DEFAULT 1,
    tokens_per_month     bigint NOT NULL,
    tokens_beyond        text NOT NULL CHECK (tokens_beyond IN ('refused', 'priced')),
    documents            bigint NOT NULL,
    storage_mb           bigint NOT NULL,
    database_connections int NOT NULL,
    statement_timeout_ms int NOT NULL,
    agentic_tools        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (plan_key, effective_from)
);

REVOKE INSERT, UPDATE, DELETE ON plan, plan_terms FROM ${app}, ${platform};

CREATE TABLE tenant (
    tenant_id         uuid PRIMARY KEY,
    -- Unique over all tenants: only the platform role can write it, so it tells no tenant of another.
    slug              text NOT NULL UNIQUE,
    status            text NOT NULL CHECK (status IN ('active', 'suspended')),
    plan_key          text NOT NULL REFERENCES plan,
    placement         text NOT NULL CHECK (placement IN ('pool', 'bridge', 'silo')),
    region            text NOT NULL,
    country           text,
    admin_email       text,
    max_monthly_spend numeric(38, 12) CHECK (max_monthly_spend >= 0),
    schema_name       text NOT NULL,
    version           bigint NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL
);
ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON tenant TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()))
    WITH CHECK (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY tenant_platform ON tenant TO ${platform} USING (true) WITH CHECK (true);
REVOKE INSERT, UPDATE, DELETE ON tenant FROM ${app};
GRANT UPDATE (status, version, updated_at) ON tenant TO ${app};
REVOKE DELETE ON tenant FROM ${platform};

-- What the tenant itself set, one row per change; the highest version is in force.
CREATE TABLE tenant_config (
    tenant_id  uuid NOT NULL REFERENCES tenant,
    version    bigint NOT NULL,
    settings   jsonb NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, version)
);
ALTER TABLE tenant_config ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_config FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_config_own ON tenant_config TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()))
    WITH CHECK (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY tenant_config_platform_read ON tenant_config FOR SELECT TO ${platform} USING (true);
CREATE POLICY tenant_config_platform_first ON tenant_config FOR INSERT TO ${platform} WITH CHECK (version = 1);
REVOKE UPDATE, DELETE ON tenant_config FROM ${app}, ${platform};

CREATE TABLE api_key (
    tenant_id  uuid NOT NULL REFERENCES tenant,
    key_id     text NOT NULL,
    hash       text NOT NULL,
    name       text NOT NULL,
    scopes     text[] NOT NULL,
    status     text NOT NULL CHECK (status IN ('active', 'revoked')),
    expires_at timestamptz,
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, key_id)
);
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key FORCE ROW LEVEL SECURITY;
CREATE POLICY api_key_own ON api_key TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()))
    WITH CHECK (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY api_key_platform_read ON api_key FOR SELECT TO ${platform} USING (true);
-- For locking a row while it is published again; there is no grant to change one.
CREATE POLICY api_key_platform_lock ON api_key FOR UPDATE TO ${platform} USING (true) WITH CHECK (false);
CREATE POLICY api_key_platform_first ON api_key FOR INSERT TO ${platform} WITH CHECK (true);
REVOKE UPDATE, DELETE ON api_key FROM ${app}, ${platform};
GRANT UPDATE (status, version, revoked_at) ON api_key TO ${app};
GRANT UPDATE (version) ON api_key TO ${platform};

-- What must reach the broker. A row is deleted once it did; per topic and key the lowest version goes first.
CREATE TABLE outbox (
    tenant_id  uuid NOT NULL,
    topic      text NOT NULL,
    record_key text NOT NULL,
    version    bigint NOT NULL,
    payload    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, topic, record_key, version)
);
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY outbox_own ON outbox TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()))
    WITH CHECK (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY outbox_platform ON outbox TO ${platform} USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE ON outbox FROM ${app};

-- Work that was accepted and takes effect once the broker has the tenant's version named here.
CREATE TABLE job (
    tenant_id      uuid NOT NULL REFERENCES tenant,
    job_id         uuid NOT NULL,
    kind           text NOT NULL,
    tenant_version bigint NOT NULL,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, job_id)
);
ALTER TABLE job ENABLE ROW LEVEL SECURITY;
ALTER TABLE job FORCE ROW LEVEL SECURITY;
CREATE POLICY job_own ON job TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()))
    WITH CHECK (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY job_platform_read ON job FOR SELECT TO ${platform} USING (true);
REVOKE UPDATE, DELETE ON job FROM ${app}, ${platform};
REVOKE INSERT ON job FROM ${platform};
