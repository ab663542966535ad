package io.weir.proof.storm;

/// What a storm saw.
///
/// @param calls that were made, `cancelled` and `failed` among them
/// @param own rows of the tenant that asked
/// @param seen rows of another tenant
/// @param changed rows of another tenant that were changed, or that carry another tenant's stamp at the end
/// @param first a foreign row that was seen, in words; empty where there was none
public record Sightings(long calls, long cancelled, long failed, long own, long seen, long changed, String first) {

    public boolean clean() {
        return seen == 0 && changed == 0;
    }
}
