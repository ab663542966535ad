-- Leases outlive a failover that lost commits, a raised cap arms its alerts again, what is late undoes no mark, and
-- what nobody needs any more is pruned.
-- weir:allow-in-file drop-in-expand: the function and the key are of this release
-- weir:allow-in-file constraint-at-once: there are no rows before the first release
-- weir:allow-in-file index-not-concurrent: there are no rows before the first release

-- Counts the changes of `spilling`: of two the later counts, in whichever order they arrive.
ALTER TABLE budget_holder ADD COLUMN mark bigint NOT NULL DEFAULT 0;
ALTER TABLE budget_holder ADD COLUMN spilling_since timestamptz;

-- Recalled leases are few; `tight` is no part of it, so that changing that writes to no index.
CREATE INDEX budget_lease_recalled ON budget_lease (holder) WHERE recalled;
COMMENT ON INDEX budget_lease_recalled IS 'weir:allow the platform role looks for the leases of a process';
CREATE INDEX budget_window_age ON budget_window (window_start);
COMMENT ON INDEX budget_window_age IS 'weir:allow the platform role prunes all tenants'' windows';

-- A raised limit is another version, under which each alert may be raised again.
ALTER TABLE budget_alert ADD COLUMN limit_version bigint NOT NULL DEFAULT 0;
ALTER TABLE budget_alert DROP CONSTRAINT budget_alert_pkey;
ALTER TABLE budget_alert ADD PRIMARY KEY (tenant_id, budget_id, window_start, kind, limit_version);

SELECT tenant.protect('budget_window', app => '{select,insert,update}',
    platform => '{"select": true, "update": true, "delete": true}');
SELECT tenant.protect('budget_alert', app => '{select,insert}',
    platform => '{"select": true, "update": true, "delete": true}');

-- Bits of the alerts that are due by what is settled alone.
CREATE FUNCTION budget_marks(p_settled numeric, p_limit numeric, p_elapsed numeric) RETURNS int LANGUAGE sql IMMUTABLE AS $weir$
    SELECT CASE WHEN p_settled <= 0 THEN 0 ELSE
          CASE WHEN p_settled >= p_limit * 0.5 THEN 1 ELSE 0 END
        | CASE WHEN p_settled >= p_limit * 0.8 THEN 2 ELSE 0 END
        | CASE WHEN p_settled >= p_limit THEN 4 ELSE 0 END
        | CASE WHEN p_settled >= p_limit * 0.1 AND p_settled >= p_limit * p_elapsed * 2 THEN 8 ELSE 0 END END
$weir$;
GRANT EXECUTE ON FUNCTION budget_marks(numeric, numeric, numeric) TO ${app};

DROP FUNCTION budget_sync(uuid, text, timestamptz, numeric, bigint, uuid, uuid, numeric, numeric, numeric,
    boolean, boolean, numeric[], boolean, numeric);

-- One step of one lease. Says what the lease settled in all and what it still needs, and asks for more. Sets, never
-- increments, so that repeating it changes nothing; what an answer that got lost had granted is given back by the next.
--
-- p_keep: what the lease needs besides what is settled, at most what it has. p_tight: all of that is held by calls.
-- p_needs: ceilings of calls that wait, in their order. p_chunk: whether more than they need may be granted.
-- p_since: when the lease began; null where it may have ended by an order of before.
-- known: false where the lease is not (any more): it was recovered, or ended. healed: the row had less than its process
-- had been told, as after a failover to a replica without the last commits: what the process says is in force, even
-- where it is more than the limit. fits per need: 1 granted, 0 not now, -1 never would: the window has no room for it,
-- whatever others give back.
CREATE FUNCTION budget_sync(
    p_tenant uuid, p_budget text, p_start timestamptz, p_limit numeric, p_version bigint, p_lease uuid, p_holder uuid,
    p_settled numeric, p_keep numeric, p_held numeric, p_tight boolean, p_close boolean, p_needs numeric[],
    p_chunk boolean, p_elapsed numeric, p_since timestamptz)
RETURNS TABLE (known boolean, healed boolean, fits int[], extra numeric, limit_now numeric, settled_now numeric, leased_now numeric,
    loose numeric, doubtful numeric) LANGUAGE plpgsql VOLATILE AS $weir$
DECLARE
    w     budget_window%ROWTYPE;
    l     budget_lease%ROWTYPE;
    had   numeric;
    reported numeric;
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
        alerted = CASE WHEN excluded.limit_version > b.limit_version AND excluded.limit_usd > b.limit_usd
            THEN b.alerted & budget_marks(b.settled, excluded.limit_usd, p_elapsed) ELSE b.alerted END,
        limit_usd = CASE WHEN excluded.limit_version >= b.limit_version THEN excluded.limit_usd ELSE b.limit_usd END,
        limit_version = greatest(b.limit_version, excluded.limit_version)
    RETURNING * INTO w;
    SELECT * INTO l FROM budget_lease b WHERE b.tenant_id = p_tenant AND b.budget_id = p_budget
        AND b.window_start = p_start AND b.lease_id = p_lease FOR UPDATE;
    known := FOUND;
    healed := false;
    had := coalesce(l.amount, 0);
    reported := coalesce(l.settled, 0);
    IF p_settled < reported OR p_settled - reported + p_keep > had THEN
        -- The lease has less than its process knows to have been committed, or is not there at all.
        IF p_settled < reported OR p_since IS NULL OR p_since < clock_timestamp() - interval '1 day'
            OR EXISTS (SELECT FROM budget_holder h WHERE h.holder = p_holder AND h.dead_at IS NOT NULL) THEN
            known := false; fits := marks; extra := 0; limit_now := w.limit_usd; settled_now := w.settled;
            leased_now := w.leased; loose := 0; doubtful := 0;
            RETURN NEXT;
            RETURN;
        END IF;
        healed := true;
        IF NOT known THEN
            INSERT INTO budget_lease (tenant_id, budget_id, window_start, lease_id, holder, amount, settled, held, tight, created_at)
            VALUES (p_tenant, p_budget, p_start, p_lease, p_holder, p_keep, p_settled, p_held, p_tight, p_since);
            known := true;
        END IF;
    END IF;
    w.settled := w.settled + p_settled - reported;
    w.leased := w.leased - had + p_keep;

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

    bits := w.alerted | budget_marks(w.settled, w.limit_usd, p_elapsed)
        | CASE WHEN -1 = ANY (marks) AND w.settled > 0 AND w.settled >= w.limit_usd * 0.98 THEN 4 ELSE 0 END;
    IF bits <> w.alerted THEN
        INSERT INTO budget_alert (tenant_id, budget_id, window_start, kind, limit_version, settled, limit_usd)
        SELECT p_tenant, p_budget, p_start, k.kind, w.limit_version, w.settled, w.limit_usd
        FROM (VALUES (1, 'threshold_50'), (2, 'threshold_80'), (4, 'threshold_100'), (8, 'burn_rate')) AS k (bit, kind)
        WHERE bits & k.bit <> 0 AND w.alerted & k.bit = 0
        ON CONFLICT (tenant_id, budget_id, window_start, kind, limit_version) DO NOTHING;
    END IF;
    UPDATE budget_window b SET settled = w.settled, leased = w.leased, alerted = bits
        WHERE b.tenant_id = p_tenant AND b.budget_id = p_budget AND b.window_start = p_start;

    fits := marks; extra := CASE WHEN chunk > 0 THEN given - total ELSE 0 END;
    limit_now := w.limit_usd; settled_now := w.settled; leased_now := w.leased;
    RETURN NEXT;
END
$weir$;
GRANT EXECUTE ON FUNCTION budget_sync(uuid, text, timestamptz, numeric, bigint, uuid, uuid, numeric, numeric, numeric,
    boolean, boolean, numeric[], boolean, numeric, timestamptz) TO ${app};
