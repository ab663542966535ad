package io.weir.local.demo;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// A document that a customer attaches to a prompt: numbered paragraphs without sense, of the length of real ones.
final class Paper {

    private static final int PARAGRAPHS = 220;
    private static final int LARGEST_SUM = 90_000;
    private static final int DAYS = 28;

    private static final List<String> SENTENCES = List.of(
            "The parties agreed on %d March that a sum of $%,d is due once the goods have been inspected by both sides.",
            "On %d June the amount of $%,d was paid into the account named in the annex, subject to later correction.",
            "Where notice is given before %d October, the fee falls to $%,d and no further interest is charged.",
            "The reviewer noted on %d July that the reserve of $%,d had not been entered in the books of the year.",
            "Should delivery be later than %d August, a penalty of $%,d applies for each week that begins.",
            "A copy signed on %d January, together with the receipt for $%,d, is kept by the office for ten years.");

    private Paper() {}

    static String about(String subject, SplittableRandom random) {
        StringBuilder text = new StringBuilder(PARAGRAPHS * 128)
                .append("About ")
                .append(subject)
                .append(".\n");
        for (int n = 1; n <= PARAGRAPHS; n++) {
            String sentence = SENTENCES.get(random.nextInt(SENTENCES.size()));
            text.append(n)
                    .append(". ")
                    .append(String.format(
                            Locale.ROOT, sentence, 1 + random.nextInt(DAYS), 100 + random.nextInt(LARGEST_SUM)))
                    .append('\n');
        }
        return text.toString();
    }
}
