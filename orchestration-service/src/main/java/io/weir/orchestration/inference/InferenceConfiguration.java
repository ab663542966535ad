package io.weir.orchestration.inference;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.observability.kafka.TraceHeaders;
import io.weir.orchestration.budget.Budgets;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.ledger.LedgerProperties;
import io.weir.orchestration.ledger.UsageLedger;
import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class InferenceConfiguration {

    @Bean
    Tokenizer tokenizer() {
        Tokenizer tokenizer = new Tokenizer();
        // Loads its tables now rather than in somebody's call.
        tokenizer.count("warm");
        return tokenizer;
    }

    @Bean
    Admission admission(SnapshotReader snapshots, ModelCatalog catalog, Tokenizer tokenizer, Clock clock) {
        return new Admission(
                snapshots.table(SnapshotTopic.TENANTS),
                snapshots.table(SnapshotTopic.PLANS),
                catalog,
                tokenizer,
                clock);
    }

    @Bean
    OpenCalls openCalls(MeterRegistry registry) {
        return new OpenCalls(registry);
    }

    @Bean
    CallBooks callBooks(
            Budgets budgets, UsageLedger usage, Clock clock, LedgerProperties ledger, MeterRegistry registry) {
        return new CallBooks(budgets, usage, clock, ledger.holdTtl(), registry);
    }

    @Bean
    CallParts callParts(ProviderCalls calls, CallBooks books, Tokenizer tokenizer, OpenCalls open) {
        return new CallParts(calls, books, new UsageMeasure(tokenizer), open);
    }

    @Bean
    ChatHandler chatHandler(Admission admission, CallParts parts, TraceHeaders traces) {
        return new ChatHandler(admission, parts, traces);
    }

    @Bean
    ModelsHandler modelsHandler(Admission admission, ModelCatalog catalog) {
        return new ModelsHandler(admission, catalog);
    }
}
