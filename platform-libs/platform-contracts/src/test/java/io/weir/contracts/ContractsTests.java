package io.weir.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ContractsTests {

    static List<Contract> contracts() {
        return Contract.all();
    }

    @Test
    void everyTopicOfThePlatformHasItsContracts() {
        assertThat(contracts().stream().map(Contract::name))
                .contains(
                        "analytics/external-cost.v1",
                        "analytics/neighbour-alert.v1",
                        "analytics/sealed-hours.v1",
                        "analytics/tenant-restrictions.v1",
                        "billing/budgets.v1",
                        "gateway/access.v1",
                        "model/traffic-splits.v1",
                        "billing/price-books.v1",
                        "orchestration/budget-alert.v1",
                        "orchestration/usage-held.v1",
                        "orchestration/usage-released.v1",
                        "orchestration/usage-settled.v1",
                        "orchestration/usage-tick.v1",
                        "tenant/api-keys.v1",
                        "tenant/audit.v1",
                        "tenant/members.v1",
                        "tenant/plans.v1",
                        "tenant/provider-keys.v1",
                        "tenant/tenants.v1");
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void theSchemaIsValidAndSaysWhatItIs(Contract contract) {
        JsonNode schema = contract.schemaText();
        assertThat(Contract.isValidSchema(schema)).isTrue();
        assertThat(schema.path("$schema").stringValue()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(schema.path("$id").stringValue())
                .isEqualTo("urn:weir:contracts:" + contract.name().replace('/', ':'));
        assertThat(schema.path("description").stringValue()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void everySampleFitsItsSchemaAndHasNoFieldThatItDoesNotDescribe(Contract contract) {
        assertThat(contract.samples()).isNotEmpty().allSatisfy(sample -> {
            assertThat(contract.accepts(Contract.read(sample))).isTrue();
            assertThat(contract.describesAllOf(Contract.read(sample))).isTrue();
        });
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void aFieldFromALaterVersionIsAccepted(Contract contract) {
        for (Path sample : contract.samples()) {
            ObjectNode later = (ObjectNode) Contract.read(sample);
            later.put("addedLater", 1);
            assertThat(contract.accepts(later)).isTrue();
            assertThat(contract.describesAllOf(later)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void aMissingOrNullMandatoryFieldIsRefused(Contract contract) {
        for (Path sample : contract.samples()) {
            for (String field : mandatory(contract.schemaText())) {
                ObjectNode missing = (ObjectNode) Contract.read(sample);
                missing.remove(field);
                assertThat(contract.accepts(missing))
                        .as("%s without %s", sample, field)
                        .isFalse();
                missing.putNull(field);
                assertThat(contract.accepts(missing))
                        .as("%s with null %s", sample, field)
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void anAmountThatIsANumberOrHasThirteenDecimalsIsRefused(Contract contract) {
        for (Path sample : contract.samples()) {
            for (String wrong : List.of("1.1234567890123", "1e3", "-", "", "01")) {
                assertRefusedInPlaceOfEveryAmount(contract, sample, wrong);
            }
        }
    }

    private static void assertRefusedInPlaceOfEveryAmount(Contract contract, Path sample, String wrong) {
        for (String pointer : List.of("/data/ceiling", "/data/cost", "/limit", "/maxMonthlySpend")) {
            ObjectNode changed = (ObjectNode) Contract.read(sample);
            String parent = pointer.substring(0, pointer.lastIndexOf('/'));
            String field = pointer.substring(pointer.lastIndexOf('/') + 1);
            if (changed.at(parent) instanceof ObjectNode object && object.has(field)) {
                object.put(field, wrong);
                assertThat(contract.accepts(changed))
                        .as("%s: %s = %s", sample, pointer, wrong)
                        .isFalse();
                object.put(field, BigDecimal.ONE);
                assertThat(contract.accepts(changed))
                        .as("%s: %s = 1", sample, pointer)
                        .isFalse();
            }
        }
    }

    private static List<String> mandatory(JsonNode schema) {
        return schema.path("required").valueStream().map(JsonNode::stringValue).toList();
    }
}
