-- The policies and grants of tenant tables are generated: what was written by hand before is replaced.
SELECT tenant.protect('budget_window', app => '{select,insert,update}');
SELECT tenant.protect('budget_hold', app => '{select,insert,update}');
SELECT tenant.protect('audit_sequence', app => '{select,insert,"update (last)"}',
    platform => '{"select": true, "insert": true, "update (last)": true}');
SELECT tenant.protect('audit_outbox', app => '{select,insert}',
    platform => '{"select": true, "insert": true, "update (claimed_until)": true, "delete": true}');
