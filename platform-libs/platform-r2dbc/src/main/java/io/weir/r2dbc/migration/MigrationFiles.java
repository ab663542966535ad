package io.weir.r2dbc.migration;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/// The files of a location, as Flyway is to see them: those of the contract phase only when that is wanted.
final class MigrationFiles implements ResourceProvider {

    private final Map<String, SqlFile> files;

    private MigrationFiles(Map<String, SqlFile> files) {
        this.files = files;
    }

    static MigrationFiles of(String location, boolean contract) {
        Map<String, SqlFile> files = new TreeMap<>();
        try {
            for (Resource resource : new PathMatchingResourcePatternResolver(MigrationFiles.class.getClassLoader())
                    .getResources("classpath*:" + location + "/*.sql")) {
                String name = String.valueOf(resource.getFilename());
                SqlFile file = new SqlFile(name, resource.getContentAsString(StandardCharsets.UTF_8));
                if (contract || !SqlScript.of(name, file.text).contract()) {
                    files.put(name, file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("migrations of " + location + " cannot be read", e);
        }
        return new MigrationFiles(files);
    }

    boolean isConcurrent(String script) {
        SqlFile file = files.get(script);
        return file != null && MigrationLinter.kind(file.text) == MigrationLinter.Kind.CONCURRENT;
    }

    @Override
    public @Nullable LoadableResource getResource(String name) {
        return files.get(name);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        List<LoadableResource> found = new ArrayList<>();
        for (SqlFile file : files.values()) {
            for (String suffix : suffixes) {
                if (file.name.startsWith(prefix) && file.name.endsWith(suffix)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static final class SqlFile extends LoadableResource {
        private final String name;
        private final String text;

        SqlFile(String name, String text) {
            this.name = name;
            this.text = text;
        }

        @Override
        public Reader read() {
            return new StringReader(text);
        }

        @Override
        public String getAbsolutePath() {
            return name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return name;
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
