package io.weir.billing.pricebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.billing.Billing;
import io.weir.money.Rate;
import io.weir.r2dbc.TenantTransaction;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriceBookIT {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final String RULE = "openai/gpt-4o-mini/text_in@2026-01-01";

    @Test
    void theBookIsPublishedKeepsItsVersionOverRestartsAndRisesWithItsContent(@TempDir Path directory)
            throws IOException, SQLException {
        try (Billing billing = Billing.start(directory)) {
            assertThat(rate(published(billing, 1))).isEqualTo(Rate.perMillion("0.15"));
            assertThat(billing.count(
                            "SELECT count(*) FROM price_rule WHERE rate = 0.00000015 AND rule_id = '" + RULE + "'"))
                    .isEqualTo(1);
            billing.restart();
            Eventually.passes(
                    WAIT,
                    () -> assertThat(billing.get("/ready", "none").status()).isEqualTo(200));
            assertThat(billing.count("SELECT count(*) FROM price_book")).isEqualTo(1);

            Path dearer = Files.writeString(directory.resolve("dearer.json"), book().replace("\"0.15\"", "\"0.16\""));
            billing.restart("--weir.billing.price-book=file:" + dearer);
            assertThat(rate(published(billing, 2))).isEqualTo(Rate.perMillion("0.16"));
            assertThat(billing.count("SELECT version FROM price_book WHERE status = 'approved'"))
                    .isEqualTo(2);
            assertThat(billing.count("SELECT count(*) FROM price_book WHERE status = 'retired'"))
                    .isEqualTo(1);

            billing.restart();
            assertThat(rate(published(billing, 3))).isEqualTo(Rate.perMillion("0.15"));

            Path wrong = Files.writeString(directory.resolve("wrong.json"), book().replace("\"0.15\"", "\"-0.15\""));
            assertThatThrownBy(() -> billing.run("--weir.billing.price-book=file:" + wrong))
                    .rootCause()
                    .isInstanceOf(InvalidPriceBookException.class)
                    .hasMessageContaining("models[0] (openai/gpt-4o-mini).prices[0].perMillion.text_in");
            assertThatThrownBy(() -> billing.bean(TenantTransaction.class)
                            .in(client -> client.sql("UPDATE price_rule SET rate = 0")
                                    .fetch()
                                    .rowsUpdated())
                            .contextWrite(TenantScope.entering(Billing.context(TenantId.PLATFORM)))
                            .block(WAIT))
                    .hasMessageContaining("permission denied");
        }
    }

    private static PriceBookSnapshot published(Billing billing, long version) {
        Eventually.passes(
                WAIT,
                () -> assertThat(billing.priceBooks().find("list"))
                        .hasValueSatisfying(book -> assertThat(book.version()).isEqualTo(version)));
        return billing.priceBooks().find("list").orElseThrow();
    }

    private static Rate rate(PriceBookSnapshot book) {
        return book.rules().stream()
                .filter(rule -> rule.id().equals(RULE))
                .map(Rule::rate)
                .findFirst()
                .orElseThrow();
    }

    private static String book() throws IOException {
        try (InputStream in = Objects.requireNonNull(PriceBookIT.class.getResourceAsStream("/price-books/list.json"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
