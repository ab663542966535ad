CREATE TABLE note (
    tenant_id uuid NOT NULL,
    note_id   int  NOT NULL,
    text      text NOT NULL,
    PRIMARY KEY (tenant_id, note_id)
);
SELECT tenant.protect('note', platform => '{"select": true}');
