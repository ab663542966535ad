package io.weir.orchestration.cache;

import io.weir.orchestration.budget.Payer;
import io.weir.orchestration.cache.CanonicalRequest.Last;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Answers that are given again, of tenants that want it so. Never fails a call: where nothing can be known there is no
/// answer. Safe for use by many threads.
public final class AnswerCache {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerCache.class);

    private final Answers answers;
    private final Likeness likeness;
    private final CacheProperties properties;
    private final CacheMeters meters;

    AnswerCache(Answers answers, Likeness likeness, CacheProperties properties, CacheMeters meters) {
        this.answers = answers;
        this.likeness = likeness;
        this.properties = properties;
        this.meters = meters;
    }

    /// What may be given in answer to one request, and where its answer is kept.
    ///
    /// @param frame the surroundings of its last message; null: it is compared with no other
    public record Lookup(
            AnswerKey key, @Nullable FrameKey frame, String text, boolean exact, double threshold, Duration ttl) {}

    /// An answer for a request.
    ///
    /// @param semantic whether it was given to another message, which means the same
    public record Hit(CachedAnswer answer, boolean semantic) {

        /// As clients and the ledger are told it.
        public String cache() {
            return semantic ? "semantic" : "exact";
        }
    }

    /// Whether the tenant wants any of it, and answers of its may be kept.
    public boolean serves(TenantSnapshot tenant) {
        TenantSettings settings = tenant.settings();
        Integer days = settings.retentionDays();
        TenantSettings.Cache terms = settings.caching();
        return (terms.exact() || terms.semantic()) && (days == null || days > 0);
    }

    /// Empty: the tenant wants none of it, or not for such a request.
    ///
    /// @param chat as chat completions have it
    /// @param original in the API that it came by; null: that is the same
    /// @param surroundings what else can change the answer
    public Optional<Lookup> lookup(
            TenantSnapshot tenant, byte[] chat, byte @Nullable [] original, List<String> surroundings) {
        TenantSettings.Cache terms = tenant.settings().caching();
        long largest = properties.largest().toBytes();
        if (!serves(tenant) || chat.length > largest || (original != null && original.length > largest)) {
            return Optional.empty();
        }
        return CanonicalRequest.of(chat, original, surroundings)
                .filter(request -> terms.sampled() || !request.sampled())
                .map(request -> lookup(tenant.tenantId(), tenant.settings(), request));
    }

    private Lookup lookup(TenantId tenant, TenantSettings settings, CanonicalRequest request) {
        TenantSettings.Cache terms = settings.caching();
        Last last = request.last();
        boolean compared = terms.semantic() && last != null && last.text().length() <= Likeness.LONGEST;
        Integer ttl = terms.ttlSeconds();
        Double threshold = terms.threshold();
        return new Lookup(
                new AnswerKey(tenant, request.digest()),
                compared && last != null ? new FrameKey(tenant, last.frame()) : null,
                last == null ? "" : last.text(),
                terms.exact(),
                threshold == null ? properties.threshold() : threshold,
                keptFor(ttl == null ? properties.ttl() : Duration.ofSeconds(ttl), settings.retentionDays()));
    }

    private static Duration keptFor(Duration wanted, @Nullable Integer retentionDays) {
        Duration allowed = retentionDays == null ? wanted : Duration.ofDays(retentionDays);
        return wanted.compareTo(allowed) < 0 ? wanted : allowed;
    }

    /// Empty: there is none, or nothing can be known in time.
    ///
    /// @param payer on whose account messages are compared
    public Mono<Hit> find(Lookup lookup, Payer payer) {
        return answers.find(lookup.key())
                .map(answer -> new Hit(answer, false))
                .switchIfEmpty(Mono.defer(() -> similar(lookup, payer)))
                .doOnError(away -> missed("not be asked", away))
                .onErrorComplete();
    }

    private Mono<Hit> similar(Lookup lookup, Payer payer) {
        FrameKey frame = lookup.frame();
        if (frame == null) {
            return Mono.empty();
        }
        return answers.prompts(frame)
                .flatMap(prompts -> likeness.nearest(payer, lookup.text(), prompts, lookup.threshold()))
                .flatMap(prompt -> answers.find(new AnswerKey(frame.tenant(), prompt.answer())))
                .map(answer -> new Hit(answer, true));
    }

    /// Whether an answer of that size is kept.
    public boolean fits(long bytes) {
        return bytes <= properties.largest().toBytes();
    }

    /// The largest answer that is kept, in bytes.
    public long largest() {
        return properties.largest().toBytes();
    }

    /// Keeps the answer where it fits, in the background.
    public void keep(Lookup lookup, CachedAnswer answer) {
        if (!fits(answer.completion().length)) {
            return;
        }
        FrameKey frame = lookup.frame();
        answers.keep(lookup.key(), answer, lookup.ttl())
                .then(Mono.defer(() -> frame == null
                        ? Mono.empty()
                        : answers.add(
                                frame,
                                new KeptPrompt(lookup.text(), lookup.key().digest()),
                                lookup.ttl())))
                .subscribe(none -> {}, away -> missed("not take an answer", away));
    }

    private void missed(String what, Throwable away) {
        meters.countAway();
        LOG.debug("The cache could {}", what, away);
    }

    /// Forgets all answers of a tenant and says how many there were; other processes may have some at hand for a
    /// moment. Fails where the store
    /// cannot be asked.
    ///
    public Mono<Long> clear(TenantId tenant) {
        return answers.clear(tenant);
    }

    public CacheMeters meters() {
        return meters;
    }
}
