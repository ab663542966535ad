package io.weir.orchestration.route;

import io.weir.kafka.TopicSpec;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.forecast.AnswerLengths;
import io.weir.orchestration.ownkey.OwnKeys;
import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.provider.Providers;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RoutingProperties.class)
class RouteConfiguration {

    @Bean
    Tokenizer tokenizer() {
        Tokenizer tokenizer = new Tokenizer();
        // Loads its tables now rather than in somebody's call.
        tokenizer.count("warm");
        return tokenizer;
    }

    @Bean
    ModelCatalog modelCatalog(SnapshotReader snapshots, Providers providers, Clock clock) {
        return new ModelCatalog(snapshots.table(SnapshotTopic.PRICE_BOOKS), providers, clock);
    }

    @Bean
    AnswerLengths answerLengths() {
        return new AnswerLengths();
    }

    @Bean
    ObservedSpeeds observedSpeeds() {
        return new ObservedSpeeds();
    }

    @Bean
    OwnCandidates ownCandidates(OwnKeys keys) {
        return new OwnCandidates(keys);
    }

    @Bean
    Router router(
            SnapshotReader snapshots,
            ModelCatalog catalog,
            ProviderCalls calls,
            AnswerLengths lengths,
            ObservedSpeeds speeds,
            Tokenizer tokenizer,
            RoutingProperties routing,
            OwnCandidates own,
            Clock clock) {
        Fitting fitting = new Fitting(snapshots.table(SnapshotTopic.PLANS)::find, clock);
        AutoRouting auto = new AutoRouting(fitting, calls, lengths, speeds, tokenizer, routing, own);
        Splits splits = Splits.following(snapshots.table(SnapshotTopic.TRAFFIC_SPLITS), routing.byName());
        return new Router(catalog, fitting, auto, own, tokenizer, splits);
    }

    /// So that this service is ready also where nobody has said anything of splits.
    @Bean
    TopicSpec trafficSplitsTopic() {
        return TopicSpec.compacted(SnapshotTopic.TRAFFIC_SPLITS.suffix());
    }
}
