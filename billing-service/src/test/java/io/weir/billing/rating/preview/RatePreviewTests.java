package io.weir.billing.rating.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class RatePreviewTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        body | [] | not a JSON object
        body | {"model" | not a JSON object
        model | {"currency": "USD", "quantity": "1"} | missing
        model | {"model": "magic", "currency": "USD", "quantity": "1"} | no such model
        model | {"model": 7, "currency": "USD", "quantity": "1"} | no string
        currency | {"model": "flat", "unitPrice": "1"} | missing
        currency | {"model": "flat", "unitPrice": "1", "currency": "QQQ"} | no such currency
        currency | {"model": "flat", "unitPrice": "1", "currency": "usd"} | no such currency
        currency | {"model": "flat", "unitPrice": "1", "currency": "XAU"} | no minor unit
        quantity | {"model": "per_unit", "unitPrice": "1", "currency": "USD"} | missing
        quantity | {"model": "per_unit", "unitPrice": "1", "currency": "USD", "quantity": "-1"} | negative
        quantity | {"model": "per_unit", "unitPrice": "1", "currency": "USD", "quantity": 1} | no decimal string
        quantity | {"model": "per_unit", "unitPrice": "1", "currency": "USD", "quantity": "1e9"} | no decimal string
        quantity | {"model": "per_unit", "unitPrice": "1", "currency": "USD", "quantity": "0.1234567890123"} | more than
        previouslyBilled | {"model": "per_unit", "unitPrice": "1", "currency": "USD", "quantity": "1", "previouslyBilled": "-1"} | negative
        unitPrice | {"model": "per_unit", "currency": "USD", "quantity": "1"} | missing
        unitPrice | {"model": "per_unit", "unitPrice": "-1", "currency": "USD", "quantity": "1"} | negative
        rate | {"model": "percentage", "currency": "USD", "quantity": "1"} | missing
        packageSize | {"model": "package", "packageSize": "0", "packagePrice": "1", "currency": "USD", "quantity": "1"} | not above 0
        freeUnits | {"model": "per_unit", "unitPrice": "1", "freeUnits": "-1", "currency": "USD", "quantity": "1"} | negative
        minimun | {"model": "flat", "unitPrice": "1", "currency": "USD", "minimun": "5"} | no field of this name
        maximum | {"model": "flat", "unitPrice": "1", "currency": "USD", "minimum": "5", "maximum": "4"} | below the minimum
        tiers | {"model": "graduated", "currency": "USD", "quantity": "1"} | 0 tiers
        tiers | {"model": "graduated", "currency": "USD", "quantity": "1", "tiers": "many"} | no list
        tiers[0] | {"model": "graduated", "currency": "USD", "quantity": "1", "tiers": [7]} | no object
        tiers[0].upTo | {"model": "graduated", "currency": "USD", "quantity": "1", "tiers": [{"upTo": "5", "unitPrice": "1"}]} | has a gap
        tiers[0].upTo | {"model": "volume", "currency": "USD", "quantity": "1", "tiers": [{"unitPrice": "1"}, {"unitPrice": "1"}]} | Only the last tier
        tiers[1].upTo | {"model": "volume", "currency": "USD", "quantity": "1", "tiers": [{"upTo": "5", "unitPrice": "1"}, {"upTo": "5", "unitPrice": "1"}, {"unitPrice": "1"}]} | overlap
        tiers[1].unitPrice | {"model": "volume", "currency": "USD", "quantity": "1", "tiers": [{"upTo": "5", "unitPrice": "1"}, {}]} | missing
        tiers[0].unitPrice | {"model": "volume", "currency": "USD", "quantity": "1", "tiers": [{"unitPrice": "-1"}]} | negative
        tiers[0].flatFee | {"model": "volume", "currency": "USD", "quantity": "1", "tiers": [{"unitPrice": "1", "flatFee": "-1"}]} | negative
        tiers[0].rate | {"model": "graduated", "currency": "USD", "quantity": "1", "tiers": [{"unitPrice": "1", "rate": "0.1"}]} | does not look at it
        tiers[0].form | {"model": "graduated", "currency": "USD", "quantity": "1", "tiers": [{"unitPrice": "1", "form": "5"}]} | no field of this name
        discounts[0].kind | {"model": "flat", "unitPrice": "1", "currency": "USD", "discounts": [{"kind": "gift", "value": "1"}]} | no such discount
        discounts[0].value | {"model": "flat", "unitPrice": "1", "currency": "USD", "discounts": [{"kind": "percent", "value": "101"}]} | over 100
        discounts[1].value | {"model": "flat", "unitPrice": "1", "currency": "USD", "discounts": [{"kind": "units", "value": "1"}, {"kind": "amount", "value": "-1"}]} | negative
        commitment.amount | {"model": "flat", "unitPrice": "1", "currency": "USD", "commitment": {}} | missing
        commitment | {"model": "flat", "unitPrice": "1", "currency": "USD", "commitment": "5"} | no object
        """)
    void whatMakesNoSenseIsRefusedWithItsFieldAndTheReason(String field, String body, String reason) {
        assertThatExceptionOfType(PlatformException.class)
                .isThrownBy(() -> RatePreview.read(JsonMapper.shared(), body.getBytes(StandardCharsets.UTF_8)))
                .satisfies(refused -> {
                    assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
                    assertThat(refused.param()).isEqualTo(field);
                    assertThat(refused).hasMessageContaining(reason);
                });
    }
}
