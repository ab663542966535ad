package io.weir.gateway.authentication;

import io.weir.gateway.oidc.VerifiedToken;
import io.weir.security.Pepper;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.catalog.MemberSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Memberships by what a token says of a person. Written by the snapshots' reader, read by everybody.
final class MemberIndex {

    private final Pepper pepper;
    private final Map<String, MemberSnapshot> byId = new ConcurrentHashMap<>();
    private final Map<String, List<MemberSnapshot>> byPerson = new ConcurrentHashMap<>();

    MemberIndex(Pepper pepper) {
        this.pepper = pepper;
    }

    /// To be told of every change of a member.
    void changed(SnapshotChange<MemberSnapshot> change) {
        MemberSnapshot now = change.value();
        MemberSnapshot before = now == null ? byId.remove(change.key()) : byId.put(change.key(), now);
        if (before != null) {
            byPerson.computeIfPresent(person(before), (person, all) -> without(all, before.memberId()));
        }
        if (now != null && now.status() == MemberSnapshot.Status.ACTIVE) {
            byPerson.merge(person(now), List.of(now), MemberIndex::joined);
        }
    }

    /// The person's memberships that are in force.
    List<MemberSnapshot> of(VerifiedToken token) {
        List<MemberSnapshot> found =
                new ArrayList<>(byPerson.getOrDefault(bySubject(token.issuer(), token.subject()), List.of()));
        String email = token.email();
        if (email != null) {
            byPerson.getOrDefault(byEmail(pepper.digest(MemberSnapshot.EMAIL, email)), List.of()).stream()
                    .filter(member -> member.issuer() == null || member.issuer().equals(token.issuer()))
                    .forEach(found::add);
        }
        return found;
    }

    private static String person(MemberSnapshot member) {
        return member.subject() == null
                ? byEmail(String.valueOf(member.emailHash()))
                : bySubject(member.issuer(), member.subject());
    }

    // A subject is one person's with one issuer alone.
    private static String bySubject(@Nullable String issuer, String subject) {
        return "subject\n" + issuer + "\n" + subject;
    }

    private static String byEmail(String hash) {
        return "email\n" + hash;
    }

    private static @Nullable List<MemberSnapshot> without(List<MemberSnapshot> all, String memberId) {
        List<MemberSnapshot> left =
                all.stream().filter(one -> !one.memberId().equals(memberId)).toList();
        return left.isEmpty() ? null : left;
    }

    private static List<MemberSnapshot> joined(List<MemberSnapshot> all, List<MemberSnapshot> added) {
        List<MemberSnapshot> both = new ArrayList<>(all);
        both.addAll(added);
        return List.copyOf(both);
    }
}
