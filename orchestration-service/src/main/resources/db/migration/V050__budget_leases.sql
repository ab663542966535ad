-- Budgets by lease: a process takes part of a window's cap and holds calls against it in memory.
-- weir:allow-in-file drop-in-expand: holds of before live for minutes, and what they cost is in the ledger

DROP TABLE budget_hold;
ALTER TABLE budget_window DROP COLUMN held;

-- INVARIANT: leased = sum of the window's leases; settled + leased <= limit in force at each grant.
ALTER TABLE budget_window ADD COLUMN leased numeric(38,12) NOT NULL DEFAULT 0;
-- Bits of the alerts raised: 1 half, 2 four fifths, 4 all, 8 spent too fast.
ALTER TABLE budget_window ADD COLUMN alerted smallint NOT NULL DEFAULT 0;

-- A process that takes leases, from its start to its end. Beyond `expires_at` others may take it for dead; from
-- `dead_at` on it is.
CREATE TABLE budget_holder (
    holder        uuid        PRIMARY KEY,
    instance      text        NOT NULL,
    expires_at    timestamptz NOT NULL,
    dead_at       timestamptz,
    -- Has ledger events in a file that the broker has not: nobody may read the ledger in its place.
    spilling      boolean     NOT NULL DEFAULT false,
    -- Who reads the ledger in the dead one's place, until then.
    claimed_by    uuid,
    claimed_until timestamptz NOT NULL DEFAULT '-infinity'
);
REVOKE ALL ON budget_holder FROM ${app};
GRANT SELECT ON budget_holder TO ${app};
GRANT SELECT, INSERT, UPDATE, DELETE ON budget_holder TO ${platform};

-- What a process may hold against a window. `amount` is what it has besides what it reported as settled; `tight` says
-- that all of it is held by calls.
CREATE TABLE budget_lease (
    tenant_id    uuid           NOT NULL,
    budget_id    text           NOT NULL,
    window_start timestamptz    NOT NULL,
    lease_id     uuid           NOT NULL,
    holder       uuid           NOT NULL,
    amount       numeric(38,12) NOT NULL CHECK (amount >= 0),
    settled      numeric(38,12) NOT NULL CHECK (settled >= 0),
    held         numeric(38,12) NOT NULL CHECK (held >= 0),
    tight        boolean        NOT NULL,
    recalled     boolean        NOT NULL DEFAULT false,
    created_at   timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, budget_id, window_start, lease_id)
) WITH (fillfactor = 50);
CREATE INDEX budget_lease_of_holder ON budget_lease (holder);
COMMENT ON INDEX budget_lease_of_holder IS 'weir:allow the platform role looks for the leases of a process';

-- Alerts that were raised, once per window and kind, until the broker has them and for as long as the window's row.
CREATE TABLE budget_alert (
    tenant_id     uuid           NOT NULL,
    budget_id     text           NOT NULL,
    window_start  timestamptz    NOT NULL,
    kind          text           NOT NULL CHECK (kind IN ('threshold_50', 'threshold_80', 'threshold_100', 'burn_rate')),
    settled       numeric(38,12) NOT NULL,
    limit_usd     numeric(38,12) NOT NULL,
    raised_at     timestamptz    NOT NULL DEFAULT now(),
    published_at  timestamptz,
    claimed_until timestamptz    NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (tenant_id, budget_id, window_start, kind)
);
CREATE INDEX budget_alert_unpublished ON budget_alert (raised_at) WHERE published_at IS NULL;
COMMENT ON INDEX budget_alert_unpublished IS 'weir:allow the relay''s queue over all tenants';

SELECT tenant.protect('budget_window', app => '{select,insert,update}',
    platform => '{"select": true, "update": true}');
SELECT tenant.protect('budget_lease', app => '{select,insert,update,delete}',
    platform => '{"select": true, "update": true, "delete": true}');
SELECT tenant.protect('budget_alert', app => '{select,insert}', platform => '{"select": true, "update": true}');

-- One step of one lease. Says what the lease settled in all and what it still needs, and asks for more. Sets, never
-- increments, so that repeating it changes nothing; what an answer that got lost had granted is given back by the next.
--
-- p_keep: what the lease needs besides what is settled, at most what it has. p_tight: all of that is held by calls.
-- p_needs: ceilings of calls that wait, in their order. p_chunk: whether more than they need may be granted.
-- known: false where the lease is not (any more): it was recovered. fits per need: 1 granted, 0 not now, -1 never
-- would: the window has no room for it, whatever others give back.
CREATE FUNCTION budget_sync(
    p_tenant uuid, p_budget text, p_start timestamptz, p_limit numeric, p_version bigint, p_lease uuid, p_holder uuid,
    p_settled numeric, p_keep numeric, p_held numeric, p_tight boolean, p_close boolean, p_needs numeric[],
    p_chunk boolean, p_elapsed numeric)
RETURNS TABLE (known boolean, fits int[], extra numeric, limit_now numeric, settled_now numeric, leased_now numeric,
    loose numeric, doubtful numeric) LANGUAGE plpgsql VOLATILE AS $weir$
DECLARE
    w     budget_window%ROWTYPE;
    l     budget_lease%ROWTYPE;
    had   numeric := 0;
    room  numeric;
    chunk numeric := 0;
    total numeric := 0;
    given numeric := 0;
    need  numeric;
    marks int[] := '{}';
    bits  int;
BEGIN
    -- Takes the window's lock; a limit of an older definition than the one in force is not believed.
    INSERT INTO budget_window AS b (tenant_id, budget_id, window_start, limit_usd, limit_version)
    VALUES (p_tenant, p_budget, p_start, p_limit, p_version)
    ON CONFLICT (tenant_id, budget_id, window_start) DO UPDATE SET
        limit_usd = CASE WHEN excluded.limit_version >= b.limit_version THEN excluded.limit_usd ELSE b.limit_usd END,
        limit_version = greatest(b.limit_version, excluded.limit_version)
    RETURNING * INTO w;
    SELECT * INTO l FROM budget_lease b WHERE b.tenant_id = p_tenant AND b.budget_id = p_budget
        AND b.window_start = p_start AND b.lease_id = p_lease FOR UPDATE;
    known := FOUND;
    IF known THEN
        had := l.amount;
        IF p_settled < l.settled OR p_settled - l.settled + p_keep > l.amount THEN
            RAISE EXCEPTION 'lease % settled % and keeps % (has % settled, %)', p_lease, p_settled, p_keep, l.settled, l.amount;
        END IF;
        w.settled := w.settled + p_settled - l.settled;
        w.leased := w.leased - had + p_keep;
    ELSIF p_settled <> 0 OR p_keep <> 0 THEN
        fits := marks; extra := 0; limit_now := w.limit_usd; settled_now := w.settled; leased_now := w.leased;
        loose := 0; doubtful := 0;
        RETURN NEXT;
        RETURN;
    END IF;

    SELECT coalesce(sum(o.amount) FILTER (WHERE NOT o.tight AND h.sure), 0), coalesce(sum(o.amount) FILTER (WHERE h.sure IS NOT TRUE), 0)
        INTO loose, doubtful
        FROM budget_lease o
        LEFT JOIN LATERAL (SELECT g.expires_at > clock_timestamp() AND g.dead_at IS NULL AS sure
            FROM budget_holder g WHERE g.holder = o.holder) h ON true
        WHERE o.tenant_id = p_tenant AND o.budget_id = p_budget AND o.window_start = p_start AND o.lease_id <> p_lease;

    room := w.limit_usd - w.settled - w.leased;
    SELECT coalesce(sum(n), 0) INTO total FROM unnest(p_needs) n;
    IF p_chunk THEN
        chunk := least(w.limit_usd * 0.015, room * 0.05);
    END IF;
    IF total > 0 AND total <= chunk AND room - chunk >= w.limit_usd * 0.02 THEN
        chunk := trunc(chunk, 12);
        given := chunk;
        marks := array_fill(1, ARRAY[cardinality(p_needs)]);
    ELSE
        chunk := 0;
        FOREACH need IN ARRAY p_needs LOOP
            IF need <= room - given THEN
                given := given + need;
                marks := marks || 1;
            ELSIF p_tight AND need > room - given + loose + doubtful THEN
                marks := marks || -1;
            ELSE
                marks := marks || 0;
            END IF;
        END LOOP;
    END IF;
    w.leased := w.leased + given;
    IF 0 = ANY (marks) AND loose > 0 THEN
        UPDATE budget_lease o SET recalled = true WHERE o.tenant_id = p_tenant AND o.budget_id = p_budget
            AND o.window_start = p_start AND o.lease_id <> p_lease AND NOT o.tight AND NOT o.recalled;
    END IF;

    IF p_close AND p_keep + given = 0 THEN
        DELETE FROM budget_lease b WHERE b.tenant_id = p_tenant AND b.budget_id = p_budget
            AND b.window_start = p_start AND b.lease_id = p_lease;
    ELSIF known THEN
        UPDATE budget_lease b SET amount = p_keep + given, settled = p_settled,
            held = p_held + CASE WHEN chunk > 0 THEN total ELSE given END,
            tight = p_tight AND chunk = 0, recalled = b.recalled AND NOT p_tight
            WHERE b.tenant_id = p_tenant AND b.budget_id = p_budget AND b.window_start = p_start AND b.lease_id = p_lease;
    ELSIF given > 0 THEN
        INSERT INTO budget_lease (tenant_id, budget_id, window_start, lease_id, holder, amount, settled, held, tight)
        VALUES (p_tenant, p_budget, p_start, p_lease, p_holder, given, 0,
            CASE WHEN chunk > 0 THEN total ELSE given END, p_tight AND chunk = 0);
        known := true;
    END IF;

    bits := w.alerted
        | CASE WHEN w.settled > 0 AND w.settled >= w.limit_usd * 0.5 THEN 1 ELSE 0 END
        | CASE WHEN w.settled > 0 AND w.settled >= w.limit_usd * 0.8 THEN 2 ELSE 0 END
        | CASE WHEN (w.settled > 0 AND w.settled >= w.limit_usd) OR -1 = ANY (marks) THEN 4 ELSE 0 END
        | CASE WHEN w.settled > 0 AND w.settled >= w.limit_usd * 0.1 AND w.settled >= w.limit_usd * p_elapsed * 2 THEN 8 ELSE 0 END;
    IF bits <> w.alerted THEN
        INSERT INTO budget_alert (tenant_id, budget_id, window_start, kind, settled, limit_usd)
        SELECT p_tenant, p_budget, p_start, k.kind, w.settled, w.limit_usd
        FROM (VALUES (1, 'threshold_50'), (2, 'threshold_80'), (4, 'threshold_100'), (8, 'burn_rate')) AS k (bit, kind)
        WHERE bits & k.bit <> 0 AND w.alerted & k.bit = 0
        ON CONFLICT (tenant_id, budget_id, window_start, kind) DO NOTHING;
    END IF;
    UPDATE budget_window b SET settled = w.settled, leased = w.leased, alerted = bits
        WHERE b.tenant_id = p_tenant AND b.budget_id = p_budget AND b.window_start = p_start;

    fits := marks; extra := CASE WHEN chunk > 0 THEN given - total ELSE 0 END;
    limit_now := w.limit_usd; settled_now := w.settled; leased_now := w.leased;
    RETURN NEXT;
END
$weir$;
GRANT EXECUTE ON FUNCTION budget_sync(uuid, text, timestamptz, numeric, bigint, uuid, uuid, numeric, numeric, numeric,
    boolean, boolean, numeric[], boolean, numeric) TO ${app};

-- What the ledger says of a dead process's lease: settled in all, and held by calls that are still open. Sets, never
-- increments; an older reading changes nothing. True: nothing is left of the lease.
CREATE FUNCTION budget_recover(
    p_tenant uuid, p_budget text, p_start timestamptz, p_lease uuid, p_settled numeric, p_open numeric)
RETURNS boolean LANGUAGE plpgsql VOLATILE AS $weir$
DECLARE
    l     budget_lease%ROWTYPE;
    delta numeric;
    rest  numeric;
BEGIN
    PERFORM 1 FROM budget_window b WHERE b.tenant_id = p_tenant AND b.budget_id = p_budget AND b.window_start = p_start
        FOR UPDATE;
    SELECT * INTO l FROM budget_lease b WHERE b.tenant_id = p_tenant AND b.budget_id = p_budget
        AND b.window_start = p_start AND b.lease_id = p_lease FOR UPDATE;
    IF NOT FOUND THEN
        RETURN true;
    END IF;
    delta := greatest(p_settled - l.settled, 0);
    rest := greatest(least(l.amount - delta, p_open), 0);
    UPDATE budget_window b SET settled = b.settled + delta, leased = b.leased - l.amount + rest
        WHERE b.tenant_id = p_tenant AND b.budget_id = p_budget AND b.window_start = p_start;
    IF p_open = 0 THEN
        DELETE FROM budget_lease b WHERE b.tenant_id = p_tenant AND b.budget_id = p_budget
            AND b.window_start = p_start AND b.lease_id = p_lease;
        RETURN true;
    END IF;
    UPDATE budget_lease b SET amount = rest, settled = l.settled + delta, held = rest
        WHERE b.tenant_id = p_tenant AND b.budget_id = p_budget AND b.window_start = p_start AND b.lease_id = p_lease;
    RETURN false;
END
$weir$;
GRANT EXECUTE ON FUNCTION budget_recover(uuid, text, timestamptz, uuid, numeric, numeric) TO ${platform};
