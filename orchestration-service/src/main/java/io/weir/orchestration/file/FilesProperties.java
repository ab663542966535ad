package io.weir.orchestration.file;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How tenants' files are kept.
///
/// @param directory where they are; empty: `files` in the state directory. Instances that share batches
/// share it
/// @param maxBytes of one file
/// @param tenantBytes of all files of one tenant that it uploaded
/// @param s3 a bucket in place of the directory
@ConfigurationProperties("weir.files")
public record FilesProperties(
        @DefaultValue("") String directory,
        @DefaultValue("200MB") DataSize maxBytes,
        @DefaultValue("10GB") DataSize tenantBytes,
        @DefaultValue S3 s3) {

    public FilesProperties {
        atLeastOne("max-bytes", maxBytes);
        atLeastOne("tenant-bytes", tenantBytes);
        if (!directory.isEmpty() && s3.isUsed()) {
            throw new IllegalArgumentException("weir.files.directory: " + directory
                    + " (expected: empty, as weir.files.s3.bucket is set; files are in one place)");
        }
    }

    /// A bucket. Who may use it is for the machine to say: environment, a pod's service account, an instance's role.
    ///
    /// @param bucket empty: there is none
    /// @param region null: the machine's
    /// @param endpoint of what speaks like S3; null: AWS
    /// @param prefix of all names, with `/` at its end; empty: none
    /// @param pathStyle whether the bucket stands in the path, as many that speak like S3 want it
    /// @param kmsKey with the encryption `kms`; empty: the bucket's
    public record S3(
            @DefaultValue("") String bucket,
            @Nullable String region,
            @Nullable URI endpoint,
            @DefaultValue("") String prefix,
            @DefaultValue("false") boolean pathStyle,
            @DefaultValue("bucket") Encryption encryption,
            @DefaultValue("") String kmsKey) {

        public S3 {
            if (!prefix.isEmpty() && !prefix.endsWith("/")) {
                throw new IllegalArgumentException(
                        "weir.files.s3.prefix: " + prefix + " (expected: with / at its end, or empty)");
            }
            if (!kmsKey.isEmpty() && encryption != Encryption.KMS) {
                throw new IllegalArgumentException("weir.files.s3.kms-key: set, with weir.files.s3.encryption "
                        + encryption.name().toLowerCase(Locale.ROOT) + " (expected: kms)");
            }
        }

        boolean isUsed() {
            return !bucket.isEmpty();
        }
    }

    /// By whom objects are encrypted at rest.
    public enum Encryption {
        /// As the bucket says by itself.
        BUCKET(""),
        /// With keys of S3.
        S3("AES256"),
        /// With a key of the key management service.
        KMS("aws:kms");

        private final String header;

        Encryption(String header) {
            this.header = header;
        }

        String header() {
            return header;
        }
    }

    private static void atLeastOne(String name, DataSize value) {
        if (value.toBytes() < 1) {
            throw new IllegalArgumentException("weir.files." + name + ": " + value + " (expected: at least 1B)");
        }
    }
}
