-- weir:allow-in-file constraint-at-once: there are no rows before the first release
-- weir:allow-in-file drop-index-not-concurrent: there are no rows before the first release
-- What refers to an invoice refers to one of the same tenant.
ALTER TABLE invoice ADD CONSTRAINT invoice_of_tenant_key UNIQUE (tenant_id, invoice_id);

ALTER TABLE stripe_invoice DROP CONSTRAINT stripe_invoice_invoice_id_fkey;
ALTER TABLE stripe_invoice DROP CONSTRAINT stripe_invoice_pkey;
ALTER TABLE stripe_invoice
    ADD PRIMARY KEY (tenant_id, invoice_id),
    ADD CONSTRAINT stripe_invoice_invoice_id_key UNIQUE (invoice_id),
    ADD FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoice (tenant_id, invoice_id);
DROP INDEX stripe_invoice_of_tenant;

ALTER TABLE stripe_sent DROP CONSTRAINT stripe_sent_invoice_id_fkey;
ALTER TABLE stripe_sent DROP CONSTRAINT stripe_sent_pkey;
ALTER TABLE stripe_sent
    ADD PRIMARY KEY (tenant_id, slot),
    ADD CONSTRAINT stripe_sent_slot_key UNIQUE (slot),
    ADD FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoice (tenant_id, invoice_id);

COMMENT ON INDEX invoice_invoice_id_key IS 'weir:allow only the platform role writes; it finds invoices by their random id';
COMMENT ON INDEX invoice_number_key IS 'weir:allow only the platform role writes; numbers are the seller''s, over all tenants';
COMMENT ON INDEX stripe_invoice_invoice_id_key IS 'weir:allow only the platform role writes; it finds invoices by their random id';
COMMENT ON INDEX stripe_invoice_stripe_id_key IS 'weir:allow only the platform role writes; Stripe''s webhooks name it without a tenant';
COMMENT ON INDEX stripe_invoice_due IS 'weir:allow the platform role''s queue over all tenants';
COMMENT ON INDEX stripe_invoice_parked IS 'weir:allow the platform role''s list over all tenants';
COMMENT ON INDEX stripe_sent_slot_key IS 'weir:allow only the platform role writes; the key of a call to Stripe';
COMMENT ON INDEX stripe_sent_idempotency_key_key IS 'weir:allow only the platform role writes; the key of a call to Stripe';
COMMENT ON INDEX stripe_sent_of_invoice IS 'weir:allow only the platform role reads by it';

-- The policies and grants of tenant tables are generated: what was written by hand before is replaced.
-- Tenants read their own; only the platform writes.
SELECT tenant.protect('budget', app => '{select}',
    platform => '{"select": true, "insert": true, "update": true, "delete": true}');
SELECT tenant.protect('sealed_hour', app => '{select}', platform => '{"select": true, "insert": true}');
SELECT tenant.protect('sealed_hour_total', app => '{select}', platform => '{"select": true, "insert": true}');
SELECT tenant.protect('invoice', app => '{select}',
    platform => '{"select": true, "insert": true, "update": true, "delete": true}', support => true);
SELECT tenant.protect('stripe_customer', app => '{select}', platform => '{"select": true, "insert": true, "update": true}');
SELECT tenant.protect('stripe_invoice', app => '{select}', platform => '{"select": true, "insert": true, "update": true}');
SELECT tenant.protect('stripe_sent', app => '{select}', platform => '{"select": true, "insert": true, "update": true}');
SELECT tenant.protect('audit_sequence', app => '{select,insert,"update (last)"}',
    platform => '{"select": true, "insert": true, "update (last)": true}');
SELECT tenant.protect('audit_outbox', app => '{select,insert}',
    platform => '{"select": true, "insert": true, "update (claimed_until)": true, "delete": true}');
