package io.weir.orchestration;

import io.weir.orchestration.budget.lease.BudgetStore;
import io.weir.orchestration.budget.lease.Holder.HolderStore;
import io.weir.orchestration.budget.lease.Holder.Mark;
import io.weir.orchestration.budget.lease.Holder.Recalled;
import io.weir.orchestration.budget.lease.WindowId;
import io.weir.tenancy.TenantContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import reactor.core.publisher.Mono;

/// What a process is to the others when it was killed: silent.
final class Mortal implements HolderStore, BudgetStore {
    private final HolderStore holders;
    private final BudgetStore budgets;
    private volatile boolean dead;

    Mortal(HolderStore holders, BudgetStore budgets) {
        this.holders = holders;
        this.budgets = budgets;
    }

    void die() {
        dead = true;
    }

    private <T> Mono<T> alive(Mono<T> work) {
        return Mono.defer(() -> dead ? Mono.never() : work);
    }

    @Override
    public Mono<Boolean> beat(UUID holder, String instance, Duration ttl, Mark mark) {
        return alive(holders.beat(holder, instance, ttl, mark));
    }

    @Override
    public Mono<Void> retire(UUID holder) {
        return alive(holders.retire(holder));
    }

    @Override
    public Mono<List<Recalled>> recalled(UUID holder) {
        return alive(holders.recalled(holder));
    }

    @Override
    public Mono<Void> drained(String instance, UUID holder, Mark mark) {
        return alive(holders.drained(instance, holder, mark));
    }

    @Override
    public Mono<Boolean> delivered(String instance) {
        return alive(holders.delivered(instance));
    }

    @Override
    public Mono<Map<String, Instant>> spilling() {
        return alive(holders.spilling());
    }

    @Override
    public Mono<Answer> sync(Order order) {
        return alive(budgets.sync(order));
    }

    @Override
    public Mono<Balance> balance(TenantContext owner, WindowId window) {
        return budgets.balance(owner, window);
    }

    @Override
    public Mono<Map<WindowId, Balance>> balances(TenantContext owner, Collection<WindowId> windows) {
        return budgets.balances(owner, windows);
    }
}
