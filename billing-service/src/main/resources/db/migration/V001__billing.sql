-- Price books: every approved version stays, so that what priced a call years ago can be shown.
CREATE TABLE price_book (
    book_id      text        NOT NULL,
    version      bigint      NOT NULL CHECK (version > 0),
    status       text        NOT NULL CHECK (status IN ('approved', 'retired')),
    source       text        NOT NULL,
    observed_at  date        NOT NULL,
    content_hash text        NOT NULL,
    approved_at  timestamptz NOT NULL,
    PRIMARY KEY (book_id, version)
);
CREATE UNIQUE INDEX one_approved_version_of_a_book ON price_book (book_id) WHERE status = 'approved';

CREATE TABLE price_model (
    book_id           text   NOT NULL,
    version           bigint NOT NULL,
    provider          text   NOT NULL,
    model             text   NOT NULL,
    mode              text   NOT NULL,
    context_window    bigint NOT NULL,
    max_output_tokens bigint NOT NULL,
    PRIMARY KEY (book_id, version, provider, model),
    FOREIGN KEY (book_id, version) REFERENCES price_book
);

CREATE TABLE price_rule (
    book_id        text           NOT NULL,
    version        bigint         NOT NULL,
    rule_id        text           NOT NULL,
    provider       text           NOT NULL,
    model          text           NOT NULL,
    meter          text           NOT NULL,
    rate           numeric(38,12) NOT NULL CHECK (rate >= 0),
    service_tier   text           NOT NULL,
    context_over   bigint         NOT NULL CHECK (context_over >= 0),
    effective_from timestamptz    NOT NULL,
    effective_to   timestamptz    CHECK (effective_to > effective_from),
    PRIMARY KEY (book_id, version, rule_id),
    FOREIGN KEY (book_id, version, provider, model) REFERENCES price_model
);

REVOKE ALL ON price_book, price_model, price_rule FROM ${app};
REVOKE DELETE ON price_book, price_model, price_rule FROM ${platform};

-- Budget definitions. A removed budget keeps its row without a limit, so that its version goes on rising.
CREATE TABLE budget (
    tenant_id      uuid           NOT NULL,
    budget_id      text           NOT NULL,
    spending_limit numeric(38,12) CHECK (spending_limit >= 0),
    time_window    text           NOT NULL CHECK (time_window IN ('day', 'month', 'total')),
    time_zone      text           NOT NULL,
    version        bigint         NOT NULL,
    tenant_version bigint         NOT NULL,
    PRIMARY KEY (tenant_id, budget_id)
);

-- Sealed hours, every version: the latest counts, an invoice names the one that it was made of.
CREATE TABLE sealed_hour (
    tenant_id      uuid        NOT NULL,
    hour           timestamptz NOT NULL,
    version        bigint      NOT NULL,
    open           boolean     NOT NULL,
    billable_calls bigint      NOT NULL CHECK (billable_calls >= 0),
    usage_rows     bigint      NOT NULL CHECK (usage_rows >= 0),
    hash           text        NOT NULL,
    sealed_at      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, hour, version)
);

CREATE TABLE sealed_hour_total (
    tenant_id     uuid           NOT NULL,
    hour          timestamptz    NOT NULL,
    version       bigint         NOT NULL,
    position      bigint         NOT NULL,
    provider      text           NOT NULL,
    model         text           NOT NULL,
    price_rule_id text           NOT NULL,
    meter         text           NOT NULL,
    quantity      bigint         NOT NULL CHECK (quantity >= 0),
    cost          numeric(38,12) NOT NULL CHECK (cost >= 0),
    PRIMARY KEY (tenant_id, hour, version, position),
    FOREIGN KEY (tenant_id, hour, version) REFERENCES sealed_hour
);

-- One invoice per tenant and month.
CREATE TABLE invoice (
    tenant_id        uuid           NOT NULL,
    period           text           NOT NULL CHECK (period ~ '^[0-9]{4}-[0-9]{2}$'),
    invoice_id       uuid           NOT NULL UNIQUE,
    status           text           NOT NULL CHECK (status IN ('draft', 'final')),
    number           text           UNIQUE,
    period_start     timestamptz    NOT NULL,
    period_end       timestamptz    NOT NULL CHECK (period_end > period_start),
    currency         text           NOT NULL,
    exact_model_cost numeric(38,12) NOT NULL,
    total            numeric(38,12) NOT NULL,
    document         jsonb          NOT NULL,
    PRIMARY KEY (tenant_id, period),
    CHECK ((status = 'final') = (number IS NOT NULL))
);

CREATE FUNCTION refuse_change_of_final_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'invoice % is final: correct it with a credit note', OLD.number;
END
$$;
CREATE TRIGGER final_invoices_never_change BEFORE UPDATE OR DELETE ON invoice
    FOR EACH ROW WHEN (OLD.status = 'final') EXECUTE FUNCTION refuse_change_of_final_invoice();

-- Numbers without gaps: taken in the transaction that makes the invoice final.
CREATE TABLE invoice_number (
    seller text   PRIMARY KEY,
    last   bigint NOT NULL
);
REVOKE ALL ON invoice_number FROM ${app};
REVOKE DELETE ON invoice_number FROM ${platform};

-- Tenants read their own; only the platform writes.
ALTER TABLE budget ENABLE ROW LEVEL SECURITY;
ALTER TABLE budget FORCE ROW LEVEL SECURITY;
CREATE POLICY budget_of_tenant ON budget FOR SELECT TO ${app} USING (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY budget_of_platform ON budget TO ${platform} USING (true) WITH CHECK (true);

ALTER TABLE sealed_hour ENABLE ROW LEVEL SECURITY;
ALTER TABLE sealed_hour FORCE ROW LEVEL SECURITY;
CREATE POLICY sealed_hour_of_tenant ON sealed_hour FOR SELECT TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY sealed_hour_read_by_platform ON sealed_hour FOR SELECT TO ${platform} USING (true);
CREATE POLICY sealed_hour_added_by_platform ON sealed_hour FOR INSERT TO ${platform} WITH CHECK (true);

ALTER TABLE sealed_hour_total ENABLE ROW LEVEL SECURITY;
ALTER TABLE sealed_hour_total FORCE ROW LEVEL SECURITY;
CREATE POLICY sealed_hour_total_of_tenant ON sealed_hour_total FOR SELECT TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY sealed_hour_total_read_by_platform ON sealed_hour_total FOR SELECT TO ${platform} USING (true);
CREATE POLICY sealed_hour_total_added_by_platform ON sealed_hour_total FOR INSERT TO ${platform} WITH CHECK (true);

ALTER TABLE invoice ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoice FORCE ROW LEVEL SECURITY;
CREATE POLICY invoice_of_tenant ON invoice FOR SELECT TO ${app} USING (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY invoice_of_platform ON invoice TO ${platform} USING (true) WITH CHECK (true);
