CREATE TABLE note (
    tenant_id uuid NOT NULL,
    note_id   int  NOT NULL,
    text      text NOT NULL,
    PRIMARY KEY (tenant_id, note_id)
);
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
ALTER TABLE note FORCE ROW LEVEL SECURITY;
CREATE POLICY note_of_tenant ON note TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()))
    WITH CHECK (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY note_of_platform ON note FOR SELECT TO ${platform} USING (true);
