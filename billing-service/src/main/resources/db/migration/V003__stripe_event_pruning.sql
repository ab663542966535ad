-- weir:allow-in-file index-not-concurrent: there are no rows before the first release
-- Events that were applied long ago are forgotten.
GRANT DELETE ON stripe_event TO ${platform};
CREATE INDEX stripe_event_applied ON stripe_event (applied_at) WHERE applied_at IS NOT NULL;
