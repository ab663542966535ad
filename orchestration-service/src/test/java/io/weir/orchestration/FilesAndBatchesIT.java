package io.weir.orchestration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

class FilesAndBatchesIT implements StoredFileCalls, BatchCalls {

    private static Mesh mesh;

    @BeforeAll
    static void start() {
        mesh = Mesh.start(
                "weir.files.max-bytes=4MB",
                "weir.files.tenant-bytes=6MB",
                "weir.batches.max-line-bytes=200KB",
                "weir.batches.first-pause=50ms",
                "weir.batches.max-runs=10",
                "weir.batches.chunk-lines=20",
                "weir.batches.claim=5s");
        mesh.publishBeside(EmbeddingsIT.book());
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @AfterEach
    void behave() {
        mesh.provider().behaveWell();
    }

    @Override
    public Mesh mesh() {
        return mesh;
    }
}
