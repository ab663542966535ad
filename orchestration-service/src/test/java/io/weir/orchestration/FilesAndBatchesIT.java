package io.weir.orchestration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

class FilesAndBatchesIT implements StoredFileCalls {

    private static Mesh mesh;

    @BeforeAll
    static void start() {
        mesh = Mesh.start("weir.files.max-bytes=4MB", "weir.files.tenant-bytes=6MB");
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
