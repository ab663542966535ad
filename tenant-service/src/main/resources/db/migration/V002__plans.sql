INSERT INTO plan (plan_key, name, rank, aliases) VALUES
    ('free',       'Free',       1, '{}'),
    ('starter',    'Starter',    2, '{basic}'),
    ('growth',     'Growth',     3, '{pro,professional}'),
    ('enterprise', 'Enterprise', 4, '{}');

INSERT INTO plan_terms (plan_key, effective_from, monthly_fee, included_calls, included_per, overage_per_call,
                        default_max_tokens, requests_per_hour, burst_factor, tokens_per_month, tokens_beyond,
                        documents, storage_mb, database_connections, statement_timeout_ms, agentic_tools) VALUES
    ('free',       '2026-01-01T00:00:00Z',    0,    100, 'DAY',   NULL,   2048,   50,  1,    50000, 'refused',    1000,   100,  2,  2000, false),
    ('starter',    '2026-01-01T00:00:00Z',   99,   1000, 'MONTH', 0.10,   4096,  100,  1,   200000, 'refused',    5000,   500,  4,  5000, false),
    ('growth',     '2026-01-01T00:00:00Z',  499, 100000, 'MONTH', 0.005,  4096,  500,  5,   500000, 'priced',    10000,  1024, 10, 10000, false),
    ('enterprise', '2026-01-01T00:00:00Z', 4999,   NULL, 'MONTH', NULL,  16384, 5000, 10, 10000000, 'priced',  1000000, 10240, 30, 30000, true);
