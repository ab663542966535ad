-- Who may come in, and what a new table is open to. Which rows it shows is said by its policies.
REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
GRANT CONNECT ON DATABASE ${database} TO ${app}, ${platform}, ${migrator}, ${mover}, ${provisioner}, ${support};

ALTER SCHEMA public OWNER TO ${owner};
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ${app}, ${platform}, ${mover}, ${search}, ${support};
ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app}, ${platform};
ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS tenant AUTHORIZATION ${owner};
GRANT USAGE ON SCHEMA tenant TO ${app}, ${platform}, ${mover}, ${search}, ${support};
