-- A budget's live numbers, one row per calendar window. INVARIANT: settled + held <= limit in force at each debit.
CREATE TABLE budget_window (
    tenant_id     uuid           NOT NULL,
    budget_id     text           NOT NULL,
    window_start  timestamptz    NOT NULL,
    limit_usd     numeric(38,12) NOT NULL,
    limit_version bigint         NOT NULL,
    settled       numeric(38,12) NOT NULL DEFAULT 0,
    held          numeric(38,12) NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, budget_id, window_start),
    CHECK (settled >= 0),
    CHECK (held >= 0)
) WITH (fillfactor = 50);

-- One row per hold. It leaves the state `held` once, whatever is replayed.
CREATE TABLE budget_hold (
    tenant_id    uuid           NOT NULL,
    request_id   text           NOT NULL,
    budget_id    text           NOT NULL,
    window_start timestamptz    NOT NULL,
    ceiling      numeric(38,12) NOT NULL,
    actual       numeric(38,12),
    state        text           NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'settled', 'released')),
    created_at   timestamptz    NOT NULL DEFAULT now(),
    resolved_at  timestamptz,
    PRIMARY KEY (tenant_id, request_id),
    CHECK (ceiling >= 0),
    CHECK (actual >= 0)
);

ALTER TABLE budget_window ENABLE ROW LEVEL SECURITY;
ALTER TABLE budget_window FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON budget_window TO ${app}
    USING (tenant_id = (SELECT tenant.current_id())) WITH CHECK (tenant_id = (SELECT tenant.current_id()));

ALTER TABLE budget_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE budget_hold FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON budget_hold TO ${app}
    USING (tenant_id = (SELECT tenant.current_id())) WITH CHECK (tenant_id = (SELECT tenant.current_id()));
