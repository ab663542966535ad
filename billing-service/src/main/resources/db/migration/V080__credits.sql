-- Credit that tenants were given or have paid for, in minor units of its currency.
CREATE TABLE credit_grant (
    tenant_id  uuid        NOT NULL,
    grant_id   uuid        NOT NULL,
    currency   text        NOT NULL,
    priority   integer     NOT NULL,
    granted    bigint      NOT NULL CHECK (granted > 0),
    remaining  bigint      NOT NULL CHECK (remaining >= 0 AND remaining <= granted),
    reason     text        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz CHECK (expires_at > created_at),
    PRIMARY KEY (tenant_id, grant_id)
);
SELECT tenant.protect('credit_grant', app => '{}',
    platform => '{"select": true, "insert": true, "update (remaining)": true}');

-- A draw happens once per reference; it locks out others of the same reference until it is over.
CREATE TABLE credit_draw (
    tenant_id uuid        NOT NULL,
    reference text        NOT NULL,
    currency  text        NOT NULL,
    wanted    bigint      NOT NULL CHECK (wanted > 0),
    drawn_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, reference)
);
SELECT tenant.protect('credit_draw', app => '{}', platform => '{"select": true, "insert": true}');

-- The ledger: each row takes from one account and gives to another, so that all accounts together are always 0.
CREATE TABLE credit_transfer (
    tenant_id    uuid        NOT NULL,
    transfer_id  uuid        NOT NULL,
    grant_id     uuid        NOT NULL,
    from_account text        NOT NULL,
    to_account   text        NOT NULL CHECK (to_account <> from_account),
    amount       bigint      NOT NULL CHECK (amount > 0),
    reference    text        NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, transfer_id),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES credit_grant
);
CREATE INDEX credit_transfer_of_reference ON credit_transfer (tenant_id, reference);
SELECT tenant.protect('credit_transfer', app => '{}', platform => '{"select": true, "insert": true}');

CREATE TABLE coupon (
    code             text        PRIMARY KEY,
    currency         text        NOT NULL,
    amount           bigint      NOT NULL CHECK (amount > 0),
    priority         integer     NOT NULL,
    max_redemptions  integer     NOT NULL CHECK (max_redemptions > 0),
    redeemed         integer     NOT NULL DEFAULT 0 CHECK (redeemed >= 0 AND redeemed <= max_redemptions),
    redeemable_until timestamptz,
    created_at       timestamptz NOT NULL
);
REVOKE ALL ON coupon FROM ${app};
REVOKE DELETE ON coupon FROM ${platform};

-- A tenant redeems a coupon once.
CREATE TABLE coupon_redemption (
    tenant_id   uuid        NOT NULL,
    code        text        NOT NULL REFERENCES coupon,
    grant_id    uuid        NOT NULL,
    redeemed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, code),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES credit_grant
);
SELECT tenant.protect('coupon_redemption', app => '{}', platform => '{"select": true, "insert": true}');
