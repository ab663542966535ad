-- Budgets of the platform, keys, members and tags beside the tenants' monthly ones, several windows at once.
ALTER TABLE budget ADD COLUMN scope text;
ALTER TABLE budget ADD COLUMN subject text;
ALTER TABLE budget DROP CONSTRAINT budget_time_window_check;
ALTER TABLE budget ADD CONSTRAINT budget_time_window_check
    CHECK (time_window IN ('day', 'week', 'month', 'total')) NOT VALID;
ALTER TABLE budget ADD CONSTRAINT budget_scope_check
    CHECK (scope IN ('platform', 'tenant', 'key', 'member', 'tag')) NOT VALID;
