package io.weir.orchestration.inference;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.orchestration.budget.Budgets;
import io.weir.orchestration.cache.AnswerCache;
import io.weir.orchestration.decision.DecisionLog;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.forecast.AnswerLengths;
import io.weir.orchestration.lane.FairUse;
import io.weir.orchestration.ledger.LedgerProperties;
import io.weir.orchestration.ledger.UsageLedger;
import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.orchestration.route.ObservedSpeeds;
import io.weir.orchestration.route.Router;
import io.weir.orchestration.route.RoutingProperties;
import io.weir.orchestration.surface.ChatSurface;
import io.weir.orchestration.surface.responses.ResponsesSurface;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class InferenceConfiguration {

    @Bean
    Admission admission(SnapshotReader snapshots, Router router) {
        return new Admission(snapshots.table(SnapshotTopic.TENANTS), snapshots.table(SnapshotTopic.API_KEYS), router);
    }

    @Bean
    OpenCalls openCalls(MeterRegistry registry) {
        return new OpenCalls(registry);
    }

    @Bean
    HeldCalls heldCalls(UsageLedger usage, Clock clock, LedgerProperties ledger, MeterRegistry registry) {
        return new HeldCalls(usage::append, clock, System::nanoTime, ledger.holdTtl(), registry);
    }

    @Bean
    CallBooks callBooks(
            Budgets budgets,
            HeldCalls held,
            AnswerLengths lengths,
            ObservedSpeeds speeds,
            DecisionLog decisions,
            MeterRegistry registry) {
        return new CallBooks(
                budgets,
                held,
                new Lessons(lengths, speeds),
                new CallMeters(registry),
                new EstimateAccuracy(registry),
                decisions);
    }

    @Bean
    CallParts callParts(
            ProviderCalls calls,
            CallBooks books,
            Tokenizer tokenizer,
            OpenCalls open,
            RoutingProperties routing,
            FairUse fair,
            MeterRegistry registry) {
        return new CallParts(
                calls, books, new AttemptPricing(registry), new UsageMeasure(tokenizer), open, routing, fair);
    }

    @Bean
    Caching caching(AnswerCache cache, CallParts parts, Clock clock) {
        return new Caching(cache, parts, clock);
    }

    @Bean
    ChatHandler chatHandler(Admission admission, CallParts parts, Caching caching) {
        return new ChatHandler(admission, parts, caching);
    }

    @Bean
    OfflineCalls offlineChats(Admission admission, CallParts parts, Caching caching) {
        return new OfflineChats(InferenceRoutes.CHAT, new ChatSurface(), admission, parts, caching);
    }

    @Bean
    OfflineCalls offlineResponses(Admission admission, CallParts parts, Caching caching, Clock clock) {
        return new OfflineChats("/v1/responses", new ResponsesSurface(clock), admission, parts, caching);
    }

    @Bean
    ModelsHandler modelsHandler(Admission admission, ModelCatalog catalog) {
        return new ModelsHandler(admission, catalog);
    }
}
