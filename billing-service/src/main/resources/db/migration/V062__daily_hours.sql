ALTER TABLE price_rule ADD COLUMN hours jsonb;

COMMENT ON COLUMN price_rule.hours IS 'hours of each day in which it holds: from, to, zone; null: all day';
