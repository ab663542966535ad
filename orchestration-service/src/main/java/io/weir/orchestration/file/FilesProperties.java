package io.weir.orchestration.file;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How tenants' files are kept.
///
/// @param directory where they are; empty: `files` in the state directory. Instances that share batches
/// share it
/// @param maxBytes of one file
/// @param tenantBytes of all files of one tenant that it uploaded
@ConfigurationProperties("weir.files")
public record FilesProperties(
        @DefaultValue("") String directory,
        @DefaultValue("200MB") DataSize maxBytes,
        @DefaultValue("10GB") DataSize tenantBytes) {

    public FilesProperties {
        atLeastOne("max-bytes", maxBytes);
        atLeastOne("tenant-bytes", tenantBytes);
    }

    private static void atLeastOne(String name, DataSize value) {
        if (value.toBytes() < 1) {
            throw new IllegalArgumentException("weir.files." + name + ": " + value + " (expected: at least 1B)");
        }
    }
}
