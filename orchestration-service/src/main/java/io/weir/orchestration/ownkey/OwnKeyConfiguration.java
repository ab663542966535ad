package io.weir.orchestration.ownkey;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.security.ProviderKeyVault;
import io.weir.security.egress.BaseUrlRules;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class OwnKeyConfiguration {

    @Bean
    OwnKeys ownKeys(
            SnapshotReader snapshots,
            ObjectProvider<ProviderKeyVault> vault,
            BaseUrlRules rules,
            MeterRegistry registry) {
        return new OwnKeys(snapshots.table(SnapshotTopic.PROVIDER_KEYS)::find, vault.getIfAvailable(), rules, registry);
    }
}
