package io.weir.orchestration.file;

import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FilesProperties.class)
class FileConfiguration {

    @Bean
    FileStore fileStore(FilesProperties files, @Value("${weir.state-directory}") Path state) {
        if (files.s3().isUsed()) {
            return new S3FileStore(S3Clients.of(files.s3()), files.s3());
        }
        return new DirectoryFileStore(
                files.directory().isEmpty() ? state.resolve("files") : Path.of(files.directory()));
    }

    @Bean
    StoredFiles storedFiles(TenantTransaction transaction, FileStore store, FilesProperties limits, Clock clock) {
        return new StoredFiles(new R2dbcFiles(transaction), store, limits, clock);
    }

    @Bean
    FileClearing fileClearing(PlatformTransaction transaction, FileStore store, SnapshotReader snapshots) {
        FileClearing clearing = new FileClearing(transaction, store);
        snapshots.table(SnapshotTopic.TENANTS).onChange(change -> {
            if (change.value() == null) {
                clearing.erase(TenantId.of(change.key()));
            }
        });
        return clearing;
    }

    @Bean
    RouterFunction<ServerResponse> fileRoutes(StoredFiles files) {
        return new FileRoutes(files).routes();
    }
}
