-- The limits that the platform's operator set for the tenant, by name: the tenant may go below them, not above.
ALTER TABLE tenant_config ADD COLUMN operator_limits jsonb NOT NULL DEFAULT '{}';
