-- Migrations of all sites. They are the platform's: no tenant's role sees them.
CREATE TABLE fleet_migration (
    migration_id uuid PRIMARY KEY,
    state        text NOT NULL CHECK (state IN ('running', 'paused', 'succeeded', 'failed')),
    on_failure   text NOT NULL CHECK (on_failure IN ('stop', 'skip')),
    contract     boolean NOT NULL,
    begun_by     text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz
);
-- One at a time: a second one would only wait for the first one's locks.
CREATE UNIQUE INDEX fleet_migration_one_at_a_time ON fleet_migration ((true)) WHERE state IN ('running', 'paused');

CREATE TABLE fleet_migration_site (
    migration_id uuid NOT NULL REFERENCES fleet_migration,
    site         text NOT NULL,
    position     int NOT NULL,
    canary       boolean NOT NULL,
    state        text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    ran          text[] NOT NULL DEFAULT '{}',
    error        text,
    started_at   timestamptz,
    ended_at     timestamptz,
    PRIMARY KEY (migration_id, site)
);
REVOKE ALL ON fleet_migration, fleet_migration_site FROM ${app};
REVOKE DELETE ON fleet_migration, fleet_migration_site FROM ${platform};
