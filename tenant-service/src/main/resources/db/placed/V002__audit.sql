-- The audit log of each tenant: rows are added and read, and by the app role never changed or removed.

-- The last number given, so that a log whose end was cut off does not look whole.
CREATE TABLE audit_head (
    tenant_id uuid   PRIMARY KEY,
    last      bigint NOT NULL CHECK (last >= 0)
);

CREATE TABLE audit_event (
    tenant_id         uuid        NOT NULL,
    seq               bigint      NOT NULL CHECK (seq > 0),
    stored_at         timestamptz NOT NULL,
    event_id          uuid        NOT NULL,
    at                timestamptz NOT NULL,
    source            text        NOT NULL,
    producer          text        NOT NULL,
    producer_sequence bigint      NOT NULL,
    actor             text        NOT NULL,
    action            text        NOT NULL,
    target            text        NOT NULL,
    outcome           text        NOT NULL,
    before_digest     text,
    after_digest      text,
    detail            text,
    source_address    text,
    request_id        text,
    trace_id          text,
    PRIMARY KEY (tenant_id, seq),
    UNIQUE (tenant_id, producer, producer_sequence)
);

-- Signed statements of what the log held: the root of a Merkle tree over the events from_seq to to_seq.
CREATE TABLE audit_checkpoint (
    tenant_id uuid        NOT NULL,
    number    bigint      NOT NULL CHECK (number > 0),
    from_seq  bigint      NOT NULL,
    to_seq    bigint      NOT NULL,
    root      text        NOT NULL,
    previous  text        NOT NULL,
    sealed_at timestamptz NOT NULL,
    kid       text        NOT NULL,
    signature text        NOT NULL,
    PRIMARY KEY (tenant_id, number)
);

SELECT tenant.protect('audit_head', app => '{select,insert,"update (last)"}', placed => true);
SELECT tenant.protect('audit_event', app => '{select,insert}', placed => true);
SELECT tenant.protect('audit_checkpoint', app => '{select,insert}', placed => true);
