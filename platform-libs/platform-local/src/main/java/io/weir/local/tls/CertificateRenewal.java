package io.weir.local.tls;

import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Renews the certificates of a platform that runs for months; the gateway takes new files up by itself.
public final class CertificateRenewal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateRenewal.class);

    private final LocalCertificates certificates;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("certificates").factory());

    public CertificateRenewal(LocalCertificates certificates) {
        this.certificates = certificates;
    }

    /// Looks now, and every twelve hours.
    @SuppressWarnings("FutureReturnValueIgnored")
    public void start() {
        certificates.renew(Instant.now());
        thread.scheduleWithFixedDelay(this::renew, 12, 12, TimeUnit.HOURS);
    }

    private void renew() {
        try {
            if (certificates.renew(Instant.now())) {
                LOG.info("The gateway's certificate was renewed");
            }
        } catch (RuntimeException failed) {
            LOG.error("The gateway's certificate could not be renewed", failed);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
