package io.weir.gateway.call;

import io.weir.gateway.oidc.VerifiedToken;
import io.weir.security.Role;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a caller proved itself by.
public sealed interface Credential {

    /// An API key.
    record OfKey(ApiKeySnapshot key) implements Credential {

        @Override
        public String id() {
            return key.keyId();
        }

        @Override
        public String subject() {
            return "key:" + key.keyId();
        }

        @Override
        public Set<Scope> scopes() {
            return key.scopes();
        }

        @Override
        public @Nullable Instant expiresAt() {
            return key.expiresAt();
        }

        @Override
        public List<String> ipRanges() {
            return key.ipRanges();
        }

        @Override
        public long version() {
            return key.version();
        }
    }

    /// A person's token.
    ///
    /// @param subject `member:<id>` where a membership gives the role, else `user:<issuer>:<subject>`
    /// @param version of the membership; 0 where the token itself says the role
    record OfPerson(VerifiedToken token, String subject, Role role, long version) implements Credential {

        @Override
        public String id() {
            return subject;
        }

        @Override
        public Set<Scope> scopes() {
            return role.scopes();
        }

        @Override
        public Instant expiresAt() {
            return token.expiresAt();
        }

        @Override
        public List<String> ipRanges() {
            return List.of();
        }
    }

    /// As records name it: a key's public id, or a person's subject.
    String id();

    /// As passports name it.
    String subject();

    Set<Scope> scopes();

    /// Null: does not expire.
    @Nullable
    Instant expiresAt();

    /// From which addresses alone it may be used; empty: from anywhere.
    List<String> ipRanges();

    /// Rises with every change of what it is worth.
    long version();
}
