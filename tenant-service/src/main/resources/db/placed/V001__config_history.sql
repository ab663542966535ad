-- Every version of what a tenant set itself. Copied from the registry, which keeps the one in force; never changed.

CREATE TABLE config_history (
    tenant_id  uuid        NOT NULL,
    version    bigint      NOT NULL,
    settings   jsonb       NOT NULL,
    changed_by text        NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, version)
);
SELECT tenant.protect('config_history', app => '{select,insert}', placed => true);
