-- Versions of plans, as they were sold. Never changed: what was billed by them must be found out again.
CREATE TABLE plan_version (
    plan           text        NOT NULL,
    version        integer     NOT NULL CHECK (version > 0),
    effective_from timestamptz NOT NULL,
    terms          jsonb       NOT NULL,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (plan, version),
    UNIQUE (plan, effective_from)
);
REVOKE ALL ON plan_version FROM ${app};
REVOKE UPDATE, DELETE ON plan_version FROM ${platform};

-- Every decision about a tenant's subscription, in order. Whoever decides upon what another has just changed gets its
-- number taken.
CREATE TABLE subscription_change (
    tenant_id uuid        NOT NULL,
    number    integer     NOT NULL CHECK (number > 0),
    at        timestamptz NOT NULL,
    change    jsonb       NOT NULL,
    PRIMARY KEY (tenant_id, number)
);
SELECT tenant.protect('subscription_change', app => '{}', platform => '{"select": true, "insert": true}');
