-- A past span priced again: first shown, then applied as it was shown.
CREATE TABLE rerating_run (
    run_id           uuid        PRIMARY KEY,
    status           text        NOT NULL CHECK (status IN ('dry_run', 'applied')),
    from_hour        timestamptz NOT NULL,
    to_hour          timestamptz NOT NULL CHECK (to_hour > from_hour),
    only_for         uuid,
    document         text        NOT NULL,
    mapping          text        NOT NULL,
    release_measured boolean     NOT NULL,
    created_at       timestamptz NOT NULL,
    created_by       text        NOT NULL,
    applied_at       timestamptz,
    applied_by       text
);
COMMENT ON COLUMN rerating_run.only_for IS 'one tenant; null: all';
COMMENT ON COLUMN rerating_run.mapping IS 'JSON: meters that were given to providers'' counters';
REVOKE ALL ON rerating_run FROM ${app};
REVOKE DELETE ON rerating_run FROM ${platform};

-- What a run adds to the sealed hours, rule by rule. A later run of the same hours stands in place of an earlier one.
CREATE TABLE rerating_delta (
    tenant_id     uuid           NOT NULL,
    run_id        uuid           NOT NULL REFERENCES rerating_run,
    hour          timestamptz    NOT NULL,
    provider      text           NOT NULL,
    model         text           NOT NULL,
    price_rule_id text           NOT NULL,
    meter         text           NOT NULL,
    quantity      bigint         NOT NULL,
    cost          numeric(38,12) NOT NULL,
    superseded_by uuid,
    PRIMARY KEY (tenant_id, run_id, hour, provider, model, price_rule_id, meter)
);
CREATE INDEX rerating_delta_in_force ON rerating_delta (tenant_id, hour) WHERE superseded_by IS NULL;
SELECT tenant.protect('rerating_delta', app => '{}',
    platform => '{"select": true, "insert": true, "update (superseded_by)": true}');
