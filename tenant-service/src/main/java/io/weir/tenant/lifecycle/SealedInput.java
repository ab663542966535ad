package io.weir.tenant.lifecycle;

import io.weir.security.Envelope;
import io.weir.tenancy.TenantId;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.UUID;

/// Reads what [SealedOutput] wrote. Fails where it was changed or cut short, or belongs to another tenant or job.
final class SealedInput extends InputStream {

    private static final int LONGEST = (1 << 20) + 1_024;

    private final DataInputStream in;
    private final Envelope envelope;
    private final TenantId tenant;
    private final UUID job;
    private byte[] block = new byte[0];
    private int at;
    private long number;
    private boolean last;

    SealedInput(DataInputStream in, Envelope envelope, TenantId tenant, UUID job) {
        this.in = in;
        this.envelope = envelope;
        this.tenant = tenant;
        this.job = job;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == block.length) {
            if (last) {
                return -1;
            }
            next();
        }
        int taken = Math.min(length, block.length - at);
        System.arraycopy(block, at, into, from, taken);
        at += taken;
        return taken;
    }

    private void next() throws IOException {
        int length = in.readInt();
        if (length <= 0 || length > LONGEST) {
            throw new IOException("the archive is damaged: a block of " + length + " bytes");
        }
        last = in.readBoolean();
        block = envelope.open(in.readNBytes(length), Archives.place(tenant, job, number++, last));
        at = 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
