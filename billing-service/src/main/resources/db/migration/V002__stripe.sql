-- The way of final invoices to Stripe. Whoever works on a tenant's invoices claims the tenant's row first.
CREATE TABLE stripe_customer (
    tenant_id     uuid        PRIMARY KEY,
    version       integer     NOT NULL DEFAULT 1 CHECK (version > 0),
    customer_id   text,
    claimed_by    uuid,
    claimed_until timestamptz
);

CREATE TABLE stripe_invoice (
    invoice_id      uuid        PRIMARY KEY REFERENCES invoice (invoice_id),
    tenant_id       uuid        NOT NULL REFERENCES stripe_customer,
    version         integer     NOT NULL DEFAULT 1 CHECK (version > 0),
    state           text        NOT NULL DEFAULT 'rated' CHECK (state IN
        ('rated', 'items_sent', 'totals_matched', 'finalised', 'paid', 'void', 'parked')),
    parked_as       text,
    reason          text,
    stripe_id       text        UNIQUE,
    stripe_status   text,
    stripe_total    bigint,
    hosted_url      text,
    failures        integer     NOT NULL DEFAULT 0,
    last_failure    text,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    changed_at      timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'parked') = (parked_as IS NOT NULL AND reason IS NOT NULL))
);
CREATE INDEX stripe_invoice_due ON stripe_invoice (next_attempt_at)
    WHERE state IN ('rated', 'items_sent', 'totals_matched');
CREATE INDEX stripe_invoice_of_tenant ON stripe_invoice (tenant_id);
CREATE INDEX stripe_invoice_parked ON stripe_invoice (parked_as) WHERE state = 'parked';

-- What was sent under which key, and what it became. A row is written before its call and gets Stripe's id after it.
CREATE TABLE stripe_sent (
    slot            text        PRIMARY KEY,
    idempotency_key text        NOT NULL UNIQUE,
    tries           integer     NOT NULL DEFAULT 1,
    tenant_id       uuid        NOT NULL,
    invoice_id      uuid        REFERENCES invoice (invoice_id),
    version         integer     NOT NULL,
    object          text        NOT NULL CHECK (object IN ('customer', 'invoice', 'item', 'finalisation')),
    line            integer,
    amount          bigint,
    first_sent_at   timestamptz NOT NULL DEFAULT now(),
    sent_at         timestamptz NOT NULL DEFAULT now(),
    stripe_id       text,
    answered_at     timestamptz,
    CHECK ((object = 'item') = (line IS NOT NULL AND amount IS NOT NULL)),
    CHECK ((object = 'customer') = (invoice_id IS NULL))
);
CREATE INDEX stripe_sent_of_invoice ON stripe_sent (invoice_id, version);

-- Webhook events, each once, whichever way and however often they came.
CREATE TABLE stripe_event (
    event_id        text        PRIMARY KEY,
    type            text        NOT NULL,
    object          text        NOT NULL,
    object_id       text        NOT NULL,
    happened_at     timestamptz NOT NULL,
    received_at     timestamptz NOT NULL DEFAULT now(),
    tries           integer     NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    applied_at      timestamptz,
    outcome         text
);
CREATE INDEX stripe_event_due ON stripe_event (next_attempt_at) WHERE applied_at IS NULL;

REVOKE ALL ON stripe_event FROM ${app};
REVOKE DELETE ON stripe_customer, stripe_invoice, stripe_sent, stripe_event FROM ${platform};

-- Tenants read their own; only the platform writes.
ALTER TABLE stripe_customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE stripe_customer FORCE ROW LEVEL SECURITY;
CREATE POLICY stripe_customer_of_tenant ON stripe_customer FOR SELECT TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY stripe_customer_of_platform ON stripe_customer TO ${platform} USING (true) WITH CHECK (true);

ALTER TABLE stripe_invoice ENABLE ROW LEVEL SECURITY;
ALTER TABLE stripe_invoice FORCE ROW LEVEL SECURITY;
CREATE POLICY stripe_invoice_of_tenant ON stripe_invoice FOR SELECT TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY stripe_invoice_of_platform ON stripe_invoice TO ${platform} USING (true) WITH CHECK (true);

ALTER TABLE stripe_sent ENABLE ROW LEVEL SECURITY;
ALTER TABLE stripe_sent FORCE ROW LEVEL SECURITY;
CREATE POLICY stripe_sent_of_tenant ON stripe_sent FOR SELECT TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY stripe_sent_of_platform ON stripe_sent TO ${platform} USING (true) WITH CHECK (true);
