package io.weir.orchestration.cache;

import tools.jackson.databind.json.JsonMapper;

/// A message that was answered.
///
/// @param answer the digest of its answer's key
record KeptPrompt(String text, String answer) {

    private static final JsonMapper JSON = JsonMapper.shared();

    static KeptPrompt read(byte[] json) {
        return JSON.readValue(json, KeptPrompt.class);
    }

    byte[] written() {
        return JSON.writeValueAsBytes(this);
    }
}
