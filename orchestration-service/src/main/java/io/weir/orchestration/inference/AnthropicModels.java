package io.weir.orchestration.inference;

import java.time.Instant;
import java.util.List;

/// The models as Anthropic's API lists them: all on one page.
record AnthropicModels(List<Entry> data, boolean has_more, String first_id, String last_id) {

    static AnthropicModels of(List<ModelsHandler.ModelBody> models) {
        List<Entry> entries = models.stream().map(Entry::of).toList();
        return new AnthropicModels(
                entries, false, entries.getFirst().id(), entries.getLast().id());
    }

    /// @param created_at as text, in UTC
    record Entry(String type, String id, String display_name, String created_at) {

        static Entry of(ModelsHandler.ModelBody model) {
            String created = Instant.ofEpochSecond(model.created()).toString();
            return new Entry("model", model.id(), model.id(), created);
        }
    }
}
