package io.weir.billing.rating.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.billing.intake.SnapshotIntake;
import io.weir.billing.rating.r2dbc.R2dbcSealedHours;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.SealedHour;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
final class RatingConfiguration {

    @Bean
    SnapshotIntake<SealedHour> sealedHourIntake(
            SnapshotReader reader, PlatformTransaction transaction, MeterRegistry meters) {
        SealedHourIntake intake = new SealedHourIntake(new R2dbcSealedHours(transaction), meters);
        return new SnapshotIntake<>(reader.table(SnapshotTopic.SEALED_HOURS), intake::take);
    }
}
