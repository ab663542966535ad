-- Who the members of a tenant are. What they may do is in the registry, member_grant; a profile without a grant gives no
-- right.

CREATE TABLE member_profile (
    tenant_id  uuid        NOT NULL,
    member_id  uuid        NOT NULL,
    email      text        NOT NULL,
    name       text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, member_id)
);
SELECT tenant.protect('member_profile', app => '{select,insert,update,delete}', placed => true);
