package io.weir.tenant.member;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Passport;
import io.weir.security.Pepper;
import io.weir.security.Role;
import io.weir.snapshots.catalog.MemberSnapshot;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import io.weir.tenant.settings.StoredSettings;
import io.weir.tenant.trail.Trail;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// What the administrator of the tenant in scope does with its members. A profile is written before its grant and
/// removed after it, so that a crash leaves at most a profile without rights. Changes of one tenant's members follow
/// one another: the tenant is locked.
@Component
final class Members {

    private final TenantTransaction transaction;
    private final TenantDirectory directory;
    private final StoredSettings settings;
    private final Grants grants;
    private final Profiles profiles;
    private final Pepper pepper;
    private final Trail trail;
    private final Outbox outbox;
    private final Clock clock;
    private final RandomGenerator random = RandomGenerator.getDefault();

    Members(
            TenantTransaction transaction,
            TenantDirectory directory,
            StoredSettings settings,
            Grants grants,
            Profiles profiles,
            Pepper pepper,
            Trail trail,
            Outbox outbox,
            Clock clock) {
        this.transaction = transaction;
        this.directory = directory;
        this.settings = settings;
        this.grants = grants;
        this.profiles = profiles;
        this.pepper = pepper;
        this.trail = trail;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// A member as it is shown.
    record Member(Grant grant, Profiles.Profile profile) {}

    /// Fails with a 409 where the person is a member, with a 422 where the quota of members is used up.
    Mono<Member> add(TenantId tenant, MemberWish wish) {
        Instant now = clock.instant();
        Grant grant = new Grant(
                tenant,
                memberId(now),
                wish.issuer(),
                wish.subject(),
                pepper.digest(MemberSnapshot.EMAIL, wish.foldedEmail()),
                wish.role(),
                MemberSnapshot.Status.ACTIVE,
                1,
                now);
        Profiles.Profile profile = new Profiles.Profile(grant.memberId(), wish.email(), wish.name());
        return transaction
                .in(client -> demandRoom(client, grant).thenReturn(grant))
                .flatMap(possible -> profiles.add(tenant, profile, now))
                .then(Mono.defer(() -> transaction.in(client -> granted(client, grant))))
                .onErrorResume(
                        PlatformException.class,
                        refused -> profiles.remove(tenant, grant.memberId())
                                .onErrorComplete()
                                .then(Mono.error(refused)))
                .doOnSuccess(done -> outbox.wake())
                .thenReturn(new Member(grant, profile));
    }

    private Mono<Grant> granted(DatabaseClient client, Grant grant) {
        return demandRoom(client, grant)
                .then(Mono.defer(() -> grants.add(client, grant)))
                .then(Mono.defer(() -> record(client, grant, "member.added", null, grant.role())))
                .thenReturn(grant);
    }

    private Mono<Void> demandRoom(DatabaseClient client, Grant wanted) {
        return quota(client, wanted.tenant())
                .zipWhen(most -> grants.active(client, wanted.tenant()))
                .doOnNext(found -> {
                    refuseDuplicate(found.getT2(), wanted);
                    refuseTooMany(found.getT2().size(), found.getT1());
                })
                .then();
    }

    /// The tenant's quota of members, once the tenant is locked.
    private Mono<Long> quota(DatabaseClient client, TenantId tenant) {
        return directory
                .locked(client, tenant)
                .flatMap(found -> settings.inForce(client, found.id(), found.plan()))
                .map(cascade ->
                        cascade.at("limits.members").orElseThrow().value().longValue());
    }

    /// The oldest first. One whose profile is lost has no address and can be removed all the same.
    Mono<List<Member>> list(TenantId tenant) {
        return transaction
                .in(client -> directory.read(client, tenant).then(Mono.defer(() -> grants.active(client, tenant))))
                .zipWhen(found -> profiles.all(tenant), Members::joined);
    }

    /// Fails with a 404 for who is no member, with a 422 where nobody would be left to run the tenant.
    Mono<Member> changeRole(TenantId tenant, UUID member, Role role, Passport by) {
        return transaction
                .in(client -> locked(client, tenant, member).flatMap(before -> {
                    if (!before.isActive()) {
                        return Mono.error(Grants.unknown());
                    }
                    MemberWish.refuseUngrantable(before.role(), tenant, by);
                    return before.role() == role
                            ? Mono.just(before)
                            : demandAnotherAdmin(client, before)
                                    .then(Mono.defer(() -> grants.changeRole(client, before, role)))
                                    .delayUntil(after ->
                                            record(client, after, "member.changed", before.role(), after.role()));
                }))
                .doOnSuccess(done -> outbox.wake())
                .zipWhen(
                        grant -> profiles.all(tenant),
                        (grant, all) -> joined(List.of(grant), all).getFirst());
    }

    /// Ends the member's rights, then forgets who it was. Who was removed already stays so.
    Mono<Publication> remove(TenantId tenant, UUID member, Passport by) {
        return transaction
                .in(client -> locked(client, tenant, member).flatMap(before -> {
                    if (!before.isActive()) {
                        return Mono.just(before);
                    }
                    MemberWish.refuseUngrantable(before.role(), tenant, by);
                    return demandAnotherAdmin(client, before)
                            .then(Mono.defer(() -> grants.remove(client, before)))
                            .delayUntil(after -> record(client, after, "member.removed", before.role(), null));
                }))
                .doOnSuccess(done -> outbox.wake())
                .delayUntil(removed -> profiles.remove(tenant, member))
                .map(Grant::publication);
    }

    private Mono<Grant> locked(DatabaseClient client, TenantId tenant, UUID member) {
        return directory.locked(client, tenant).then(Mono.defer(() -> grants.find(client, tenant, member)));
    }

    private Mono<Void> demandAnotherAdmin(DatabaseClient client, Grant leaving) {
        if (leaving.role() != Role.TENANT_ADMIN) {
            return Mono.empty();
        }
        return grants.active(client, leaving.tenant())
                .doOnNext(all -> {
                    if (all.stream()
                            .noneMatch(one -> one.role() == Role.TENANT_ADMIN
                                    && !one.memberId().equals(leaving.memberId()))) {
                        throw PlatformException.of(
                                ProblemType.UNPROCESSABLE,
                                "role",
                                "This is the tenant's last tenant-admin. Make somebody else one first.");
                    }
                })
                .then();
    }

    private Mono<Void> record(
            DatabaseClient client, Grant grant, String action, @Nullable Object was, @Nullable Object is) {
        return trail.record(
                client,
                grant.tenant(),
                Trail.Change.of(action, "member:" + grant.memberId()).from(was, is));
    }

    private static void refuseDuplicate(List<Grant> all, Grant wanted) {
        boolean known = all.stream()
                .anyMatch(one -> one.emailHash().equals(wanted.emailHash())
                        || (wanted.subject() != null
                                && wanted.subject().equals(one.subject())
                                && Objects.equals(wanted.issuer(), one.issuer())));
        if (known) {
            throw new PlatformException(
                    ProblemType.CONFLICT,
                    "This person is a member already. GET .../members lists them; PATCH changes a role.");
        }
    }

    private static void refuseTooMany(int used, long most) {
        if (used >= most) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "limits.members",
                    "The tenant has " + used + " members, and its quota 'members' is " + most
                            + ". Remove members who left, or choose a larger plan.");
        }
    }

    private static List<Member> joined(List<Grant> grants, Map<UUID, Profiles.Profile> profiles) {
        return grants.stream()
                .map(grant -> new Member(
                        grant,
                        profiles.getOrDefault(grant.memberId(), new Profiles.Profile(grant.memberId(), "", null))))
                .toList();
    }

    // Version 7: ordered by time, so that indexes grow at one end.
    private UUID memberId(Instant now) {
        long high = (now.toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0xFFFL);
        long low = 0x8000_0000_0000_0000L | (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL);
        return new UUID(high, low);
    }
}
