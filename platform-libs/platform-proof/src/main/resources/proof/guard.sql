-- Ten thousand tenants' calls, as a service would store them.
CREATE TABLE call (
    tenant_id   uuid           NOT NULL,
    call_id     bigint         NOT NULL,
    at          timestamptz    NOT NULL,
    model       text           NOT NULL,
    cost        numeric(38,12) NOT NULL,
    cost_micros bigint         NOT NULL,
    facts       jsonb          NOT NULL,
    prompt      text           NOT NULL,
    words       tsvector       NOT NULL
);
