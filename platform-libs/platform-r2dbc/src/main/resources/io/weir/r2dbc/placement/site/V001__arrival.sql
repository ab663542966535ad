-- How far each move that arrives in this database is: the end of the last transaction that was applied.
CREATE SCHEMA IF NOT EXISTS placement;
GRANT USAGE ON SCHEMA placement TO ${mover};

CREATE TABLE placement.arrival (
    move_id  uuid        PRIMARY KEY,
    applied  bigint      NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON placement.arrival TO ${mover};
