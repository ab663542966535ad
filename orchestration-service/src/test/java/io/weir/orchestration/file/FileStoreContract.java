package io.weir.orchestration.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.orchestration.file.FileStore.Written;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// What every store of files does.
abstract class FileStoreContract {

    static {
        EventLoops.guard();
    }

    static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MUCH = 12 << 20;

    private final TenantId tenant = new TenantId(UUID.randomUUID());
    private final FileId file = new FileId(UUID.randomUUID());

    abstract FileStore store();

    /// The names of all that the store has of the tenant, unfinished ones too.
    abstract List<String> names(TenantId tenant) throws IOException;

    @Test
    void whatWasWrittenIsRead() throws Exception {
        byte[] bytes = "one line\nanother\n".getBytes(StandardCharsets.UTF_8);
        assertThat(write(bytes)).isEqualTo(new Written(bytes.length, sha256(bytes)));
        assertThat(read(0, bytes.length)).isEqualTo(bytes);
        assertThat(read(4, 8)).isEqualTo("line".getBytes(StandardCharsets.UTF_8));
        assertThat(read(9, 9)).isEmpty();
        assertThat(names(tenant)).hasSize(1);
    }

    @Test
    void muchIsWrittenInPiecesAndIsWhole() throws Exception {
        byte[] bytes = new byte[MUCH];
        new Random(42).nextBytes(bytes);
        assertThat(write(bytes)).isEqualTo(new Written(bytes.length, sha256(bytes)));
        assertThat(read(0, bytes.length)).isEqualTo(bytes);
        assertThat(read(MUCH - 10, MUCH)).isEqualTo(Arrays.copyOfRange(bytes, MUCH - 10, MUCH));
    }

    @Test
    void aLaterContentTakesThePlaceOfAnEarlier() throws Exception {
        write("first, and longer".getBytes(StandardCharsets.UTF_8));
        byte[] second = "second".getBytes(StandardCharsets.UTF_8);
        write(second);
        assertThat(read(0, second.length)).isEqualTo(second);
        assertThat(names(tenant)).hasSize(1);
    }

    @Test
    void anEmptyOneIsThereToo() throws Exception {
        assertThat(write(new byte[0]).bytes()).isZero();
        assertThat(read(0, 0)).isEmpty();
    }

    @Test
    void whatIsTooMuchLeavesNothing() throws Exception {
        for (int most : new int[] {10, MUCH - 1}) {
            assertThatThrownBy(() -> store().write(tenant, file, pieces(new byte[MUCH]), most)
                            .block(LIMIT))
                    .isInstanceOfSatisfying(
                            PlatformException.class,
                            refused -> assertThat(refused.type()).isEqualTo(ProblemType.REQUEST_TOO_LARGE));
            // Parts that were taken already go a moment later.
            Eventually.passes(LIMIT, () -> assertThat(names(tenant)).isEmpty());
        }
    }

    @Test
    void anUploadThatBreaksOffLeavesNothingAndWhatWasThere() throws Exception {
        byte[] before = "before".getBytes(StandardCharsets.UTF_8);
        write(before);
        Flux<DataBuffer> broken = pieces(new byte[MUCH]).concatWith(Flux.error(new IOException("the client left")));
        assertThatThrownBy(() -> store().write(tenant, file, broken, MUCH).block(LIMIT))
                .hasStackTraceContaining("the client left");
        assertThat(read(0, before.length)).isEqualTo(before);
        Eventually.passes(LIMIT, () -> assertThat(names(tenant)).hasSize(1));
    }

    @Test
    void anUploadThatIsCancelledLeavesNothing() throws Exception {
        Sinks.Many<DataBuffer> content = Sinks.many().unicast().onBackpressureBuffer();
        Disposable upload = store().write(tenant, file, content.asFlux(), MUCH).subscribe();
        content.tryEmitNext(DefaultDataBufferFactory.sharedInstance.wrap(new byte[100]));
        upload.dispose();
        Eventually.passes(LIMIT, () -> assertThat(names(tenant)).isEmpty());
        assertThatThrownBy(() -> read(0, 1)).hasRootCauseInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatIsNotThereIsSaid() {
        assertThatThrownBy(() -> read(0, 10)).hasRootCauseInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> read(0, 0)).hasRootCauseInstanceOf(NoSuchFileException.class);
        store().delete(tenant, file).block(LIMIT);
    }

    @Test
    void aTenantsFilesAreErasedAndNoOthers() throws Exception {
        byte[] bytes = "kept".getBytes(StandardCharsets.UTF_8);
        write(bytes);
        TenantId other = new TenantId(UUID.randomUUID());
        for (int i = 0; i < 3; i++) {
            store().write(other, new FileId(UUID.randomUUID()), pieces(bytes), 10)
                    .block(LIMIT);
        }
        store().erase(other).block(LIMIT);
        assertThat(names(other)).isEmpty();
        assertThat(read(0, bytes.length)).isEqualTo(bytes);
        store().erase(other).block(LIMIT);
        store().delete(tenant, file).block(LIMIT);
        assertThat(names(tenant)).isEmpty();
    }

    private Written write(byte[] bytes) {
        Written written =
                store().write(tenant, file, pieces(bytes), bytes.length).block(LIMIT);
        assertThat(written).isNotNull();
        return written;
    }

    private byte[] read(long from, long to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store().read(tenant, file, from, to)
                .doOnNext(buffer -> {
                    byte[] some = new byte[buffer.readableByteCount()];
                    buffer.read(some);
                    DataBufferUtils.release(buffer);
                    out.writeBytes(some);
                })
                .then()
                .block(LIMIT);
        return out.toByteArray();
    }

    private static Flux<DataBuffer> pieces(byte[] bytes) {
        return Flux.range(0, (bytes.length + 65_535) / 65_536).map(piece -> {
            int from = piece * 65_536;
            return DefaultDataBufferFactory.sharedInstance.wrap(
                    Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 65_536)));
        });
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
