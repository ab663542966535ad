package io.weir.tenant.lifecycle;

import io.weir.security.Envelope;
import io.weir.tenancy.TenantId;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;

/// Encrypts what is written, in blocks of a mebibyte: each its length and whether it is the last, then its ciphertext.
final class SealedOutput extends OutputStream {

    private static final int BLOCK = 1 << 20;

    private final DataOutputStream out;
    private final Envelope envelope;
    private final TenantId tenant;
    private final UUID job;
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private long number;
    private boolean closed;

    SealedOutput(DataOutputStream out, Envelope envelope, TenantId tenant, UUID job) {
        this.out = out;
        this.envelope = envelope;
        this.tenant = tenant;
        this.job = job;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        int at = from;
        int left = length;
        while (left > 0) {
            int taken = Math.min(left, BLOCK - block.size());
            block.write(bytes, at, taken);
            at += taken;
            left -= taken;
            if (block.size() == BLOCK) {
                seal(false);
            }
        }
    }

    private void seal(boolean last) throws IOException {
        byte[] sealed = envelope.seal(block.toByteArray(), Archives.place(tenant, job, number++, last));
        out.writeInt(sealed.length);
        out.writeBoolean(last);
        out.write(sealed);
        block.reset();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            seal(true);
            out.flush();
        }
    }
}
