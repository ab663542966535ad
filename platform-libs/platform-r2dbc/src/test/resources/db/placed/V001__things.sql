CREATE TABLE thing (
    tenant_id uuid           NOT NULL,
    thing_id  bigint         NOT NULL,
    stamp     text           NOT NULL,
    counter   int            NOT NULL DEFAULT 0,
    amount    numeric(38, 12),
    tags      text[],
    extra     jsonb,
    raw       bytea,
    share     double precision,
    large     text,
    at        timestamptz    NOT NULL DEFAULT now(),
    doubled   bigint GENERATED ALWAYS AS (thing_id * 2) STORED,
    PRIMARY KEY (tenant_id, thing_id)
);
SELECT tenant.protect('thing', placed => true);

-- Sorts before the table that it refers to.
CREATE TABLE part (
    tenant_id uuid   NOT NULL,
    thing_id  bigint NOT NULL,
    part_id   int    NOT NULL,
    PRIMARY KEY (tenant_id, thing_id, part_id),
    FOREIGN KEY (tenant_id, thing_id) REFERENCES thing
);
SELECT tenant.protect('part', placed => true);
