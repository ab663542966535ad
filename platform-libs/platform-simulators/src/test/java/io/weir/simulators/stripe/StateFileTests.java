package io.weir.simulators.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What outlives a restart.
class StateFileTests {

    @TempDir
    private Path directory;

    private StripeSimulatorOptions options() {
        return StripeSimulatorOptions.onAnyPort().withStateFile(directory.resolve("stripe.json"));
    }

    @Test
    void customersAndInvoicesAreThereAgainAndGoOn() throws StripeException {
        Customer customer;
        Invoice open;
        Invoice draft;
        InvoiceItem item;
        JsonNode before;
        try (SimulatedStripe stripe = new SimulatedStripe(options())) {
            customer = stripe.customer("Lasting");
            open = stripe.openInvoice(customer, 700);
            draft = stripe.draft(customer);
            stripe.item(draft, 3, "stays");
            item = stripe.item(draft, 4, "goes");
            before = stripe.state();
        }
        try (SimulatedStripe again = new SimulatedStripe(options())) {
            assertThat(again.state().path("invoices")).isEqualTo(before.path("invoices"));
            assertThat(again.state().path("customers")).isEqualTo(before.path("customers"));
            again.client.v1().invoiceItems().delete(item.getId());
            again.item(draft, 10, "new");
            assertThat(again.reread(draft).getTotal()).isEqualTo(13);
            assertThat(again.client
                            .v1()
                            .invoices()
                            .finalizeInvoice(draft.getId())
                            .getNumber())
                    .isEqualTo(open.getNumber().replace("-0001", "-0002"));
            assertThat(again.client.v1().invoices().voidInvoice(open.getId()).getStatus())
                    .isEqualTo("void");
        }
    }

    @Test
    void aChangeIsInTheFileSoonWithoutAnEnd() throws Exception {
        try (SimulatedStripe stripe = new SimulatedStripe(options())) {
            Customer customer = stripe.customer("Soon");
            Path file = directory.resolve("stripe.json");
            SimulatedStripe.eventually(
                    () -> Files.exists(file) ? Files.readString(file) : "", text -> text.contains(customer.getId()));
        }
    }

    @Test
    void aFileThatIsNoneIsSaidToBe() throws IOException {
        Files.writeString(directory.resolve("stripe.json"), "{");
        assertThatThrownBy(() -> StripeSimulator.start(options()))
                .hasMessageContaining("--state-file")
                .hasMessageContaining("stripe.json");
    }
}
