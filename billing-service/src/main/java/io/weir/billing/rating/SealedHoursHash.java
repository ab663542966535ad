package io.weir.billing.rating;

import io.weir.billing.rating.RatedLine.HourShare;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// One hash for all the sealed hours under a line: SHA-256 over `hour version hash exact` and a line feed for each,
/// in their order. A line carries it in Stripe's metadata, and the invoice's page shows it.
public final class SealedHoursHash {

    private SealedHoursHash() {}

    /// In hexadecimal digits.
    public static String of(List<HourShare> hours) {
        StringBuilder text = new StringBuilder();
        for (HourShare share : hours) {
            text.append(share.hour())
                    .append(' ')
                    .append(share.version())
                    .append(' ')
                    .append(share.hash())
                    .append(' ')
                    .append(share.exact().toPlainString())
                    .append('\n');
        }
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }
}
