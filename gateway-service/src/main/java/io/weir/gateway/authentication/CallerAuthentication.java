package io.weir.gateway.authentication;

import io.weir.gateway.call.Caller;
import io.weir.gateway.call.Credential;
import io.weir.gateway.oidc.VerifiedToken;
import io.weir.tenancy.TenantId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Proves a caller by its API key or its token.
public final class CallerAuthentication {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ApiKeyAuthentication keys;
    private final TokenAuthentication people;

    CallerAuthentication(ApiKeyAuthentication keys, TokenAuthentication people) {
        this.keys = keys;
        this.people = people;
    }

    /// What a ticket stands for where a person got it.
    record TicketOfPerson(VerifiedToken token, TenantId tenant) {}

    /// By `Authorization: Bearer` or `x-api-key`, which hold the same where both are there.
    ///
    /// @param named slug of the tenant that the request names; null: none
    public Mono<Authentication> authenticate(HttpHeaders headers, @Nullable String named) {
        return authenticate(keys.presented(headers), named);
    }

    /// By a key or a token alone.
    public Mono<Authentication> authenticate(@Nullable String presented, @Nullable String named) {
        return presented != null && people.isToken(presented)
                ? people.authenticate(presented, named)
                : Mono.just(keys.authenticate(presented));
    }

    /// Whether the headers hold a key or a token, whatever it is worth.
    public boolean isPresented(HttpHeaders headers) {
        return keys.isPresented(headers);
    }

    /// What a caller that was proven is worth now.
    public Authentication reauthenticate(Caller before) {
        return switch (before.credential()) {
            case Credential.OfKey key -> keys.reauthenticate(key.id());
            case Credential.OfPerson person ->
                people.reauthenticate(person, before.tenant().tenantId());
        };
    }

    /// What a ticket has to remember of its caller.
    public String ticketOf(Caller caller) {
        return switch (caller.credential()) {
            case Credential.OfKey key -> key.id();
            case Credential.OfPerson person ->
                JSON.writeValueAsString(
                        new TicketOfPerson(person.token(), caller.tenant().tenantId()));
        };
    }

    /// What the caller is worth now whom [#ticketOf] remembered.
    public Authentication ofTicket(String remembered) {
        if (!remembered.startsWith("{")) {
            return keys.reauthenticate(remembered);
        }
        TicketOfPerson person = JSON.readValue(remembered, TicketOfPerson.class);
        return people.of(person.token(), person.tenant());
    }
}
