-- Where tenants' placed rows are. A tenant that is not named is at home, in schema public.
-- Nobody who serves a tenant's statements reads these tables, so no policy stands before them.
GRANT USAGE ON SCHEMA placement TO ${platform};

CREATE TABLE placement.database (
    name       text        PRIMARY KEY,
    kind       text        NOT NULL CHECK (kind IN ('home', 'bridge', 'silo')),
    -- Null: the cluster of the service's own database.
    host       text,
    port       int         CHECK (port BETWEEN 1 AND 65535),
    database   text        NOT NULL,
    cap        int         CHECK (cap > 0),
    state      text        NOT NULL CHECK (state IN ('preparing', 'open', 'leaving')),
    created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON placement.database TO ${mover};
GRANT SELECT ON placement.database TO ${platform};

CREATE TABLE placement.site (
    tenant      uuid        PRIMARY KEY,
    site        text        NOT NULL REFERENCES placement.database,
    schema_name text        NOT NULL,
    placement   text        NOT NULL CHECK (placement IN ('pool', 'bridge', 'silo')),
    epoch       bigint      NOT NULL,
    state       text        NOT NULL CHECK (state IN ('preparing', 'active')),
    changed_at  timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, UPDATE ON placement.site TO ${platform};
GRANT SELECT, INSERT, UPDATE, DELETE ON placement.site TO ${mover};

-- One row for each move, kept as its history.
CREATE TABLE placement.move (
    tenant      uuid        NOT NULL,
    move_id     uuid        NOT NULL,
    from_site   text        NOT NULL,
    from_schema text        NOT NULL,
    target      text        NOT NULL CHECK (target IN ('pool', 'bridge', 'silo')),
    to_site     text,
    to_schema   text,
    state       text        NOT NULL,
    rows_total  bigint      NOT NULL DEFAULT 0,
    rows_copied bigint      NOT NULL DEFAULT 0,
    fences      int         NOT NULL DEFAULT 0,
    fence_ms    bigint,
    error       text,
    cleared     boolean     NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now(),
    started_at  timestamptz,
    switched_at timestamptz,
    ended_at    timestamptz,
    PRIMARY KEY (tenant, move_id)
);
CREATE UNIQUE INDEX move_one_at_a_time ON placement.move (tenant) WHERE ended_at IS NULL;
GRANT SELECT ON placement.move TO ${platform};
GRANT SELECT, INSERT, UPDATE ON placement.move TO ${mover};
