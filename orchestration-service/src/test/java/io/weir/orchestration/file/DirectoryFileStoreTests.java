package io.weir.orchestration.file;

import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

class DirectoryFileStoreTests extends FileStoreContract {

    @TempDir
    private Path directory = Path.of("");

    @Override
    FileStore store() {
        return new DirectoryFileStore(directory);
    }

    @Override
    List<String> names(TenantId tenant) throws IOException {
        Path own = directory.resolve(tenant.toString());
        if (!Files.isDirectory(own)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(own)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
