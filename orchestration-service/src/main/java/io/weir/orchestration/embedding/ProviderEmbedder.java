package io.weir.orchestration.embedding;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.budget.Payer;
import io.weir.orchestration.budget.Tags;
import io.weir.orchestration.cache.Embedder;
import io.weir.orchestration.dialect.RoutingWishes;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.embedding.EmbeddingRequest.Format;
import io.weir.orchestration.embedding.EmbeddingRequest.Texts;
import io.weir.orchestration.inference.AnswerReader;
import io.weir.orchestration.inference.CallParts;
import io.weir.orchestration.inference.PlainCall;
import io.weir.orchestration.inference.Usage;
import io.weir.orchestration.provider.Provider;
import io.weir.orchestration.route.Candidate;
import io.weir.tenancy.TenantId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Knows texts by the vectors of a provider's model. They are bought by a call of the tenant's like any other: held,
/// settled in the ledger, on the tenant's own key where it has one, in its regions, behind the provider's circuit. Each
/// text is bought once while it is at hand. Where that fails or takes too long there is nothing to compare, and the
/// call
/// that waits goes on; what comes late is at hand for the next one. Safe for use by many threads.
final class ProviderEmbedder implements Embedder {

    private static final Logger LOG = LoggerFactory.getLogger(ProviderEmbedder.class);
    private static final byte[] NOTHING = {};
    private static final String TAG = "weir";
    private static final String PURPOSE = "semantic-cache";

    private final EmbeddingAdmission admission;
    private final CallParts parts;
    private final Tokenizer tokenizer;
    private final EmbedderProperties properties;
    private final MeterRegistry registry;
    private final Cache<Key, Vector> atHand;

    ProviderEmbedder(
            EmbeddingAdmission admission,
            CallParts parts,
            Tokenizer tokenizer,
            EmbedderProperties properties,
            MeterRegistry registry) {
        this.admission = admission;
        this.parts = parts;
        this.tokenizer = tokenizer;
        this.properties = properties;
        this.registry = registry;
        this.atHand = Caffeine.newBuilder().maximumSize(properties.vectors()).build();
    }

    private record Key(TenantId tenant, String text) {}

    /// Who made a vector: those of two can not be compared, though they call their models the same.
    private record Space(String provider, String address, String account, String model, int size) {

        static Space of(Candidate candidate, int size) {
            Provider provider = candidate.route().provider();
            return new Space(
                    provider.name(),
                    provider.baseUrl(),
                    provider.account().id(),
                    candidate.route().model().model(),
                    size);
        }
    }

    // The direction is at length 1.
    private record Vector(Space space, float[] direction) {}

    @Override
    public Mono<List<float[]>> directions(Payer payer, List<String> texts) {
        return Mono.defer(() -> {
            TenantId tenant = payer.tenant().tenantId();
            Map<String, Vector> known = new LinkedHashMap<>();
            List<String> missing = new ArrayList<>();
            for (String text : texts.stream().distinct().toList()) {
                Vector vector = atHand.getIfPresent(new Key(tenant, text));
                if (vector == null) {
                    missing.add(text);
                } else {
                    known.put(text, vector);
                }
            }
            return missing.isEmpty()
                    ? together(tenant, texts, known)
                    : bought(payer, missing, known).flatMap(all -> together(tenant, texts, all));
        });
    }

    private Mono<Map<String, Vector>> bought(Payer payer, List<String> missing, Map<String, Vector> known) {
        EmbeddingRequest request = new EmbeddingRequest(
                properties.model(),
                new Texts(missing),
                Format.BASE64,
                properties.dimensions(),
                null,
                RoutingWishes.NONE,
                missing.stream().mapToInt(String::length).sum());
        Map<String, Vector> all = new LinkedHashMap<>(known);
        Reader reader = new Reader(new EmbeddingAnswers(request, tokenizer), missing, payer, all);
        return admission
                .admit("cache-" + UUID.randomUUID(), marked(payer), request)
                .flatMap(call -> new PlainCall(call, parts, reader).run())
                .timeout(properties.patience())
                .doOnSuccess(done -> count("bought"))
                .map(done -> all)
                .onErrorResume(failure -> {
                    count(failure instanceof TimeoutException ? "late" : "failed");
                    LOG.debug("No vectors for the cache", failure);
                    return Mono.empty();
                });
    }

    private void count(String result) {
        registry.counter("weir.cache.embeddings", "result", result).increment();
    }

    // What it is for, in the tenant's own books.
    private static Payer marked(Payer payer) {
        Map<String, String> tags = new TreeMap<>(payer.tags().values());
        tags.put(TAG, PURPOSE);
        return new Payer(payer.tenant(), payer.keyId(), payer.memberId(), new Tags(tags));
    }

    // Those that another made are forgotten with the rest, so that the next call gets all from one.
    private Mono<List<float[]>> together(TenantId tenant, List<String> texts, Map<String, Vector> all) {
        if (all.values().stream().map(Vector::space).distinct().count() > 1) {
            count("mixed");
            texts.forEach(text -> atHand.invalidate(new Key(tenant, text)));
            return Mono.empty();
        }
        List<float[]> directions = new ArrayList<>();
        for (String text : texts) {
            Vector vector = all.get(text);
            if (vector == null) {
                return Mono.empty();
            }
            directions.add(vector.direction());
        }
        return Mono.just(directions);
    }

    /// Takes the vectors off the answer, also when nobody waits any more.
    private final class Reader implements AnswerReader {

        private final EmbeddingAnswers answers;
        private final List<String> texts;
        private final Payer payer;
        private final Map<String, Vector> into;

        // `into` is read once the call is settled, which is after it was written.
        Reader(EmbeddingAnswers answers, List<String> texts, Payer payer, Map<String, Vector> into) {
            this.answers = answers;
            this.texts = texts;
            this.payer = payer;
            this.into = into;
        }

        @Override
        public Mono<Whole> read(byte[] body, Candidate candidate, Reserved reserved) {
            return Mono.fromCallable(() -> EmbeddingDialect.of(candidate.route())
                            .answer(body)
                            .filter(answer -> answer.fits(answers.request()))
                            .map(answer -> taken(answer, candidate))
                            .orElse(null))
                    .subscribeOn(Schedulers.boundedElastic());
        }

        private Whole taken(EmbeddingAnswer answer, Candidate candidate) {
            for (int i = 0; i < texts.size(); i++) {
                float[] direction = Embedder.normalised(answer.vectors().get(i));
                Vector vector = new Vector(Space.of(candidate, direction.length), direction);
                into.put(texts.get(i), vector);
                atHand.put(new Key(payer.tenant().tenantId(), texts.get(i)), vector);
            }
            return new Whole(NOTHING, answers.usage(answer, candidate), null);
        }

        @Override
        public Mono<Usage> measured(Candidate candidate, Reserved reserved) {
            return answers.measured(candidate, reserved);
        }
    }
}
