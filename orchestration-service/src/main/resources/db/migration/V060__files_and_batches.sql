-- What tenants upload, and what batches answer with. The bytes are in the file store: there are none without a row here.
CREATE TABLE stored_file (
    tenant_id  uuid        NOT NULL,
    file_id    uuid        NOT NULL,
    purpose    text        NOT NULL CHECK (purpose IN ('batch', 'batch_output')),
    filename   text        NOT NULL,
    status     text        NOT NULL DEFAULT 'writing' CHECK (status IN ('writing', 'stored', 'deleting')),
    bytes      bigint      NOT NULL DEFAULT 0 CHECK (bytes >= 0),
    sha256     text        NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, file_id)
);
CREATE INDEX stored_file_unfinished ON stored_file (changed_at) WHERE status <> 'stored';
COMMENT ON INDEX stored_file_unfinished IS 'weir:allow what uploads and deletions left behind is cleared for all tenants';

-- A job over the lines of a file. `ending` says why one that is being finished does not run to its end.
CREATE TABLE batch (
    tenant_id      uuid        NOT NULL,
    batch_id       uuid        NOT NULL,
    status         text        NOT NULL DEFAULT 'validating' CHECK (status IN ('validating', 'failed', 'in_progress',
        'finalizing', 'completed', 'expired', 'cancelling', 'cancelled')),
    ending         text        CHECK (ending IN ('expired', 'cancelled')),
    endpoint       text        NOT NULL,
    input_file_id  uuid        NOT NULL,
    key_id         text        NOT NULL,
    subject        text        NOT NULL,
    tags           text        NOT NULL DEFAULT '',
    metadata       jsonb,
    errors         jsonb,
    lines          int         NOT NULL DEFAULT 0,
    completed      int         NOT NULL DEFAULT 0,
    failed         int         NOT NULL DEFAULT 0,
    output_file_id uuid        NOT NULL,
    error_file_id  uuid        NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    expires_at     timestamptz NOT NULL,
    in_progress_at timestamptz,
    finalizing_at  timestamptz,
    cancelling_at  timestamptz,
    ended_at       timestamptz,
    -- Who validates or finishes it, until then, and when that was last offered to the workers.
    claim          uuid,
    claimed_until  timestamptz NOT NULL DEFAULT '-infinity',
    offered_at     timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (tenant_id, batch_id)
);
CREATE INDEX batch_open ON batch (expires_at)
    WHERE status IN ('validating', 'in_progress', 'finalizing', 'cancelling');
COMMENT ON INDEX batch_open IS 'weir:allow the queue of the workers, over all tenants';

-- Lines of a batch's file that one worker runs. INVARIANT: at most one worker has a claim that has not run out.
CREATE TABLE batch_chunk (
    tenant_id     uuid        NOT NULL,
    batch_id      uuid        NOT NULL,
    chunk         int         NOT NULL,
    first_line    int         NOT NULL,
    start_byte    bigint      NOT NULL,
    end_byte      bigint      NOT NULL,
    done          boolean     NOT NULL DEFAULT false,
    claim         uuid,
    claimed_until timestamptz NOT NULL DEFAULT '-infinity',
    offered_at    timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (tenant_id, batch_id, chunk)
);

-- A line that was run: how often, and how it ended. `failed` is null until it has; then it never changes.
CREATE TABLE batch_line (
    tenant_id uuid    NOT NULL,
    batch_id  uuid    NOT NULL,
    line      int     NOT NULL,
    runs      int     NOT NULL DEFAULT 0,
    failed    boolean,
    result    bytea,
    PRIMARY KEY (tenant_id, batch_id, line),
    CHECK ((failed IS NULL) = (result IS NULL))
);

SELECT tenant.protect('stored_file', app => '{select,insert,update,delete}',
    platform => '{"select": true, "delete": true}');
SELECT tenant.protect('batch', app => '{select,insert,update}',
    platform => '{"select": true, "update": true, "delete": true}');
SELECT tenant.protect('batch_chunk', app => '{select,insert,update,delete}',
    platform => '{"select": true, "update": true, "delete": true}');
SELECT tenant.protect('batch_line', app => '{select,insert,update,delete}',
    platform => '{"select": true, "delete": true}');
