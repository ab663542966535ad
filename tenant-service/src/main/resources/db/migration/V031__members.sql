-- What people may do in a tenant. Who they are (name, e-mail address) is a placed row, member_profile: see db/placed.

CREATE TABLE member_grant (
    tenant_id  uuid NOT NULL REFERENCES tenant,
    member_id  uuid NOT NULL,
    issuer     text,
    subject    text,
    -- HMAC of the lower-case e-mail address under the pepper: what a token is compared with where there is no subject.
    email_hash text NOT NULL,
    role       text NOT NULL CHECK (role IN ('platform-admin', 'tenant-admin', 'developer', 'analyst', 'billing')),
    status     text NOT NULL CHECK (status IN ('active', 'removed')),
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, member_id),
    CHECK (subject IS NULL OR issuer IS NOT NULL)
);
CREATE UNIQUE INDEX member_grant_email ON member_grant (tenant_id, email_hash) WHERE status = 'active';
CREATE UNIQUE INDEX member_grant_subject ON member_grant (tenant_id, issuer, subject) WHERE status = 'active';

SELECT tenant.protect('member_grant',
    app => '{select,insert,"update (role, status, version)"}',
    platform => '{"select": true, "update (version)": true,
        "delete": "EXISTS (SELECT 1 FROM public.tenant t WHERE t.tenant_id = member_grant.tenant_id AND t.status = ''erasing'')"}');
