package io.weir.local.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.local.state.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTests {

    @TempDir
    private Path directory = Path.of("");

    private Layout layout = new Layout(Path.of(""), Path.of(""));
    private Path to = Path.of("");

    @BeforeEach
    void aPlatform() throws IOException {
        layout = new Layout(directory, directory.resolve("state"));
        layout.create();
        to = directory.resolve("backup");
        file("data/postgres/base/1/2", "rows");
        Files.createDirectories(layout.data().resolve("postgres/pg_notify"));
        file("data/postgres/postmaster.pid", "17");
        file("data/kafka/topic-0/00.log", "records");
        file("data/kafka/topic-0/00.index", "holes");
        file("data/kafka/.kafka_cleanshutdown", "{}");
        file("data/clickhouse/store/part.index", "a part");
        file("data/redis/dump.rdb", "caches");
        file("data/orchestration-service/write-ahead", "events");
        file("secrets/admin-key", "secret");
        file("logs/gateway.log", "lines");
    }

    @Test
    void whatIsRestoredIsWhatWasThere() throws IOException {
        Backup taken = Backup.take(layout, to);
        assertThat(taken.ofRunning()).isFalse();
        Layout other = new Layout(directory, directory.resolve("other"));
        Backup.open(to).restore(other);
        assertThat(other.data().resolve("postgres/base/1/2")).hasContent("rows");
        assertThat(other.data().resolve("postgres/pg_notify")).isEmptyDirectory();
        assertThat(other.data().resolve("kafka/topic-0/00.log")).hasContent("records");
        assertThat(other.data().resolve("clickhouse/store/part.index")).hasContent("a part");
        assertThat(other.data().resolve("orchestration-service/write-ahead")).hasContent("events");
        assertThat(other.secrets().resolve("admin-key")).hasContent("secret");
        assertThat(taken.files()).isEqualTo(5);
        assertThat(taken.bytes()).isEqualTo("rowsrecordsa parteventssecret".length());
    }

    @Test
    void whatBelongsToAProcessIsLeftOutAndSoIsWhatIsMadeAnew() throws IOException {
        Backup.take(layout, to);
        assertThat(to.resolve("data/postgres/postmaster.pid")).doesNotExist();
        assertThat(to.resolve("data/kafka/topic-0/00.index")).doesNotExist();
        assertThat(to.resolve("data/kafka/.kafka_cleanshutdown")).doesNotExist();
        assertThat(to.resolve("data/redis")).doesNotExist();
        assertThat(to.resolve("logs")).doesNotExist();
    }

    @Test
    void nobodyElseMayReadIt() throws IOException {
        Backup.take(layout, to);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(to)))
                .isEqualTo("rwx------");
        Files.setPosixFilePermissions(to.resolve("secrets/admin-key"), PosixFilePermissions.fromString("rw-r--r--"));
        Layout other = new Layout(directory, directory.resolve("other"));
        Backup.open(to).restore(other);
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(other.secrets().resolve("admin-key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void emptyDirectoriesThatWereLostOnTheWayComeBack() throws IOException {
        Backup.take(layout, to);
        Files.delete(to.resolve("data/postgres/pg_notify"));
        Layout other = new Layout(directory, directory.resolve("other"));
        Backup.open(to).restore(other);
        assertThat(other.data().resolve("postgres/pg_notify")).isEmptyDirectory();
    }

    @Test
    void oneThatIsNotWholeIsRefusedBeforeAnythingIsWritten() throws IOException {
        Backup.take(layout, to);
        Files.writeString(to.resolve("data/postgres/base/1/2"), "ROWS");
        Files.delete(to.resolve("secrets/admin-key"));
        Files.writeString(to.resolve("data/more"), "");
        Layout other = new Layout(directory, directory.resolve("other"));
        assertThatThrownBy(() -> Backup.open(to).restore(other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data/postgres/base/1/2 was changed")
                .hasMessageContaining("secrets/admin-key is missing")
                .hasMessageContaining("data/more was not in it");
        assertThat(other.state()).doesNotExist();
    }

    @Test
    void nothingThatIsThereIsReplaced() throws IOException {
        Backup backup = Backup.take(layout, to);
        assertThatThrownBy(() -> Backup.take(layout, to)).hasMessageContaining(to + " is not empty");
        assertThat(backup.faults()).isEmpty();
        assertThatThrownBy(() -> backup.restore(layout)).hasMessageContaining("is not empty");
        assertThat(layout.secrets().resolve("admin-key")).hasContent("secret");
    }

    @Test
    void whatIsNoBackupSaysSo() throws IOException {
        assertThatThrownBy(() -> Backup.open(directory)).hasMessageContaining("holds no backup");
        Files.createDirectories(to);
        Files.writeString(to.resolve(Manifest.NAME), "{");
        assertThatThrownBy(() -> Backup.open(to)).hasMessageContaining("cannot be read");
        Files.writeString(
                to.resolve(Manifest.NAME),
                "{\"format\":2,\"takenAt\":\"2028-02-29T00:00:00Z\",\"running\":false,\"stillMillis\":0,"
                        + "\"directories\":[],\"files\":[]}");
        assertThatThrownBy(() -> Backup.open(to)).hasMessageContaining("format 2");
        Layout empty = new Layout(directory, directory.resolve("empty"));
        assertThatThrownBy(() -> Backup.take(empty, directory.resolve("of-nothing")))
                .hasMessageContaining("there is no data");
    }

    private void file(String path, String text) throws IOException {
        Path file = layout.state().resolve(path);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, text);
    }
}
