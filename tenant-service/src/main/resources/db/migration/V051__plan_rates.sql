-- Calls of models of one tenant, per second and at the same time; NULL: no limit.
ALTER TABLE plan_terms
    ADD COLUMN requests_per_second numeric(12, 3) CHECK (requests_per_second >= 0),
    ADD COLUMN max_concurrency int CHECK (max_concurrency >= 0);

UPDATE plan_terms SET requests_per_second = 10, max_concurrency = 10 WHERE plan_key = 'free';
UPDATE plan_terms SET requests_per_second = 20, max_concurrency = 20 WHERE plan_key = 'starter';
UPDATE plan_terms SET requests_per_second = 50, max_concurrency = 100 WHERE plan_key = 'growth';

UPDATE plan SET version = version + 1 WHERE plan_key IN ('free', 'starter', 'growth');
