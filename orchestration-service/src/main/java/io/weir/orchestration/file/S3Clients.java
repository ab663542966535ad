package io.weir.orchestration.file;

import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/// Clients of S3 whose calls all end.
final class S3Clients {

    // The smallest that S3 takes; an upload holds two.
    private static final long PART = 5L << 20;
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENT = Duration.ofSeconds(30);
    private static final Duration TRY = Duration.ofMinutes(5);
    private static final Duration CALL = Duration.ofMinutes(15);
    private static final int CONNECTIONS = 64;

    private S3Clients() {}

    /// Takes its credentials from where the SDK looks for them by itself, when it is first asked.
    static S3AsyncClient of(FilesProperties.S3 terms) {
        return of(terms, DefaultCredentialsProvider.builder().build());
    }

    static S3AsyncClient of(FilesProperties.S3 terms, AwsCredentialsProvider credentials) {
        S3AsyncClientBuilder builder = S3AsyncClient.builder()
                .credentialsProvider(credentials)
                .httpClientBuilder(NettyNioAsyncHttpClient.builder()
                        .maxConcurrency(CONNECTIONS)
                        .connectionTimeout(CONNECT)
                        .readTimeout(SILENT)
                        .writeTimeout(SILENT))
                .forcePathStyle(terms.pathStyle())
                .multipartEnabled(true)
                .multipartConfiguration(parts -> parts.minimumPartSizeInBytes(PART)
                        .thresholdInBytes(PART)
                        .apiCallBufferSizeInBytes(2 * PART))
                .overrideConfiguration(calls -> calls.apiCallAttemptTimeout(TRY).apiCallTimeout(CALL));
        String region = terms.region();
        if (region != null) {
            builder.region(Region.of(region));
        }
        URI endpoint = terms.endpoint();
        if (endpoint != null) {
            // Not all that speak like S3 know its newer checksums.
            builder.endpointOverride(endpoint)
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        }
        return builder.build();
    }
}
