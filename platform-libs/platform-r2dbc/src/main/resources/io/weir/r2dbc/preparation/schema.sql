-- A tenant's own schema on a bridge: the tables in it are granted by tenant.protect, one by one.
CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${owner};
REVOKE ALL ON SCHEMA ${schema} FROM PUBLIC;
GRANT USAGE ON SCHEMA ${schema} TO ${app}, ${mover}, ${search}, ${support};
