package io.weir.simulators.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerListParams;
import com.stripe.param.CustomerSearchParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.common.EmptyParam;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Customers through Stripe's own client.
class CustomerTests {

    private static final SimulatedStripe STRIPE = SimulatedStripe.started();

    @AfterAll
    static void stop() {
        STRIPE.close();
    }

    @Test
    void aCustomerIsReadBackAsItWasWritten() throws StripeException {
        Customer created = STRIPE.client
                .v1()
                .customers()
                .create(CustomerCreateParams.builder()
                        .setName("Müller & Söhne")
                        .setEmail("office@example.com")
                        .setDescription("tenant acme")
                        .putMetadata("tenant", "acme")
                        .setAddress(CustomerCreateParams.Address.builder()
                                .setCity("Zürich")
                                .setCountry("CH")
                                .build())
                        .build());
        Customer read = STRIPE.client.v1().customers().retrieve(created.getId());
        assertThat(read.getId()).startsWith("cus_");
        assertThat(read.getName()).isEqualTo("Müller & Söhne");
        assertThat(read.getEmail()).isEqualTo("office@example.com");
        assertThat(read.getAddress().getCity()).isEqualTo("Zürich");
        assertThat(read.getMetadata()).isEqualTo(Map.of("tenant", "acme"));
        assertThat(read.getLivemode()).isFalse();
    }

    @Test
    void anUpdateChangesWhatItNamesAndEmptyMetadataGoes() throws StripeException {
        Customer created = STRIPE.client
                .v1()
                .customers()
                .create(CustomerCreateParams.builder()
                        .setName("before")
                        .setPhone("1")
                        .putMetadata("a", "1")
                        .putMetadata("b", "2")
                        .build());
        Customer updated = STRIPE.client
                .v1()
                .customers()
                .update(
                        created.getId(),
                        CustomerUpdateParams.builder()
                                .setName("after")
                                .putMetadata("b", "")
                                .putMetadata("c", "3")
                                .build());
        assertThat(updated.getName()).isEqualTo("after");
        assertThat(updated.getPhone()).isEqualTo("1");
        assertThat(updated.getMetadata()).isEqualTo(Map.of("a", "1", "c", "3"));
        CustomerUpdateParams cleared =
                CustomerUpdateParams.builder().setMetadata(EmptyParam.EMPTY).build();
        assertThat(STRIPE.client
                        .v1()
                        .customers()
                        .update(created.getId(), cleared)
                        .getMetadata())
                .isEmpty();
    }

    @Test
    void theyAreFoundByMetadataAndByEmail() throws StripeException {
        String tenant = UUID.randomUUID().toString();
        String email = tenant + "@example.com";
        Customer customer = STRIPE.client
                .v1()
                .customers()
                .create(CustomerCreateParams.builder()
                        .setEmail(email)
                        .putMetadata("tenant", tenant)
                        .build());
        STRIPE.customer("somebody else");
        assertThat(searched("metadata['tenant']:'" + tenant + "'"))
                .extracting(Customer::getId)
                .containsExactly(customer.getId());
        assertThat(searched("metadata[\"tenant\"]:\"" + tenant + "\" AND -email:\"" + email + "\""))
                .isEmpty();
        assertThat(searched("metadata['tenant']:'nobody' OR email~'" + tenant.substring(0, 20) + "'"))
                .hasSize(1);
        assertThat(STRIPE.client
                        .v1()
                        .customers()
                        .list(CustomerListParams.builder().setEmail(email).build())
                        .getData())
                .extracting(Customer::getId)
                .containsExactly(customer.getId());
    }

    @ParameterizedTest
    @ValueSource(strings = {"metadata[tenant]:x", "name", "a:'1' AND", "a:'1' AND b:'2' OR c:'3'", "a:'1"})
    void aBrokenSearchIsRefused(String query) {
        assertThatThrownBy(() -> searched(query))
                .isInstanceOfSatisfying(
                        InvalidRequestException.class,
                        refused -> assertThat(refused.getParam()).isEqualTo("query"));
    }

    @Test
    void aDeletedCustomerIsSaidToBeDeletedAndTakesNoInvoice() throws StripeException {
        Customer customer = STRIPE.customer("leaving");
        assertThat(STRIPE.client.v1().customers().delete(customer.getId()).getDeleted())
                .isTrue();
        assertThat(STRIPE.client.v1().customers().retrieve(customer.getId()).getDeleted())
                .isTrue();
        assertThatThrownBy(() -> STRIPE.draft(customer)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void pagesFollowOneAnotherWithoutGaps() throws StripeException {
        String email = UUID.randomUUID() + "@example.com";
        CustomerCreateParams params =
                CustomerCreateParams.builder().setEmail(email).build();
        for (int i = 0; i < 7; i++) {
            STRIPE.client.v1().customers().create(params);
        }
        CustomerListParams byThree =
                CustomerListParams.builder().setEmail(email).setLimit(3L).build();
        assertThat(STRIPE.client.v1().customers().list(byThree).autoPagingIterable())
                .extracting(Customer::getId)
                .hasSize(7)
                .doesNotHaveDuplicates();
    }

    @Test
    void anUnknownCustomerIsMissing() {
        assertThatThrownBy(() -> STRIPE.client.v1().customers().retrieve("cus_nobody"))
                .isInstanceOfSatisfying(InvalidRequestException.class, missing -> {
                    assertThat(missing.getStatusCode()).isEqualTo(404);
                    assertThat(missing.getCode()).isEqualTo("resource_missing");
                    assertThat(missing.getRequestId()).startsWith("req_");
                })
                .hasMessageContaining("No such customer: 'cus_nobody'");
    }

    private static List<Customer> searched(String query) throws StripeException {
        return STRIPE.client
                .v1()
                .customers()
                .search(CustomerSearchParams.builder().setQuery(query).build())
                .getData();
    }
}
