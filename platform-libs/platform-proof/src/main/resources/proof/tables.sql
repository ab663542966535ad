-- The tables that the proof attacks: one of each kind that services have. Applied in every placement's schema.
CREATE TABLE note (
    tenant_id     uuid   NOT NULL,
    note_id       int    NOT NULL,
    title         text   NOT NULL,
    text          text   NOT NULL,
    amount_micros bigint NOT NULL DEFAULT 0,
    facts         jsonb  NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, note_id),
    CONSTRAINT note_title UNIQUE (tenant_id, title)
);

CREATE TABLE remark (
    tenant_id uuid NOT NULL,
    remark_id int  NOT NULL,
    note_id   int  NOT NULL,
    text      text NOT NULL,
    PRIMARY KEY (tenant_id, remark_id),
    CONSTRAINT remark_of_note FOREIGN KEY (tenant_id, note_id) REFERENCES note (tenant_id, note_id)
);
CREATE INDEX remark_note ON remark (tenant_id, note_id);

CREATE TABLE entry (
    tenant_id uuid NOT NULL,
    entry_id  int  NOT NULL,
    text      text NOT NULL,
    PRIMARY KEY (tenant_id, entry_id)
) PARTITION BY HASH (tenant_id);
CREATE TABLE entry_0 PARTITION OF entry FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE entry_1 PARTITION OF entry FOR VALUES WITH (MODULUS 2, REMAINDER 1);

CREATE INDEX note_words ON note USING gin (to_tsvector('simple', text));
CREATE VIEW note_view WITH (security_invoker = true) AS SELECT tenant_id, note_id, title, text FROM note;

GRANT SELECT ON note_view TO ${app};

SELECT tenant.protect('note', placed => true, searched => true);
SELECT tenant.protect('remark', placed => true);
SELECT tenant.protect('entry', placed => true);
SELECT tenant.search_function('search_note', 'note', 'words text',
    'to_tsvector(''simple'', text) @@ plainto_tsquery(''simple'', words)', 'note_id');
