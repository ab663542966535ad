package io.weir.simulators.provider.answer;

import io.weir.simulators.provider.answer.Answer.Ending;
import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.generation.AnswerLength;
import io.weir.simulators.provider.generation.Prose;
import io.weir.simulators.provider.generation.SchemaSample;
import io.weir.simulators.provider.generation.StopSequences;
import io.weir.simulators.provider.generation.TaskClass;
import io.weir.simulators.provider.generation.Tokenizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Writes the answers of every simulated model. The same behaviour, prompt and seed give the same answer. Safe for
/// concurrent use.
public final class Author {

    private final Tokenizer tokenizer;
    private final SchemaSample samples;

    public Author(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.samples = new SchemaSample(tokenizer);
    }

    public int tokens(Question question) {
        return question.prompt().tokens(tokenizer);
    }

    /// One answer.
    ///
    /// @param index which of several answers to the same question
    public Answer answer(Question question, Behaviour behaviour, int index) {
        long seed = ((behaviour.seed() * 31 + question.seed()) * 31
                                + question.prompt().fingerprint())
                        * 31
                + index;
        TaskClass task = TaskClass.of(question.firstUserText());
        int thought = Math.min(thought(question, behaviour, task, seed), question.maxTokens());
        int room = behaviour.limitIgnored() ? Integer.MAX_VALUE : question.maxTokens() - thought;
        return functionToCall(question, seed)
                .map(function -> call(function, thought, room, seed))
                .orElseGet(() -> text(question, textPieces(question, behaviour, task, seed), thought, room));
    }

    private static int thought(Question question, Behaviour behaviour, TaskClass task, long seed) {
        if (behaviour.reasoningTokens() != null) {
            return behaviour.reasoningTokens();
        }
        return question.reasons() ? AnswerLength.reasoning(task, seed) : 0;
    }

    private List<String> textPieces(Question question, Behaviour behaviour, TaskClass task, long seed) {
        if (question.answerSchema() != null) {
            return samples.tokens(question.answerSchema(), seed);
        }
        Integer set = behaviour.outputTokens();
        return Prose.tokens(seed, set == null ? AnswerLength.natural(task, seed) : set);
    }

    private static Answer text(Question question, List<String> natural, int thought, int room) {
        List<String> pieces = natural.subList(0, Math.min(natural.size(), room));
        Optional<String> stop = StopSequences.first(question.stops(), pieces);
        if (stop.isPresent()) {
            List<String> kept = StopSequences.before(stop.get(), pieces);
            return new Answer(new Answer.Text(kept), thought, Ending.STOP_SEQUENCE, stop.get());
        }
        Ending ending = pieces.size() == natural.size() ? Ending.COMPLETE : Ending.LIMIT;
        return new Answer(new Answer.Text(pieces), thought, ending, null);
    }

    private Answer call(Function function, int thought, int room, long seed) {
        List<String> arguments = samples.tokens(function.parameters(), seed);
        if (1 + arguments.size() <= room) {
            return new Answer(new Answer.Call(function.name(), arguments), thought, Ending.TOOL_CALL, null);
        }
        return room == 0
                ? new Answer(new Answer.Text(List.of()), thought, Ending.LIMIT, null)
                : new Answer(
                        new Answer.Call(function.name(), arguments.subList(0, room - 1)), thought, Ending.LIMIT, null);
    }

    /// The function to call, if any: left to itself, the model calls the tool whose name the last user message says.
    private static Optional<Function> functionToCall(Question question, long seed) {
        List<Function> functions = question.functions();
        return switch (question.toolChoice()) {
            case ToolChoice.None() -> Optional.empty();
            case ToolChoice.Auto() -> mentioned(question);
            case ToolChoice.Required() ->
                mentioned(question)
                        .or(() -> Optional.of(functions.get((int) Math.floorMod(seed, (long) functions.size()))));
            case ToolChoice.Named(String name) ->
                functions.stream()
                        .filter(function -> function.name().equals(name))
                        .findFirst();
        };
    }

    private static Optional<Function> mentioned(Question question) {
        String text = question.lastUserText().toLowerCase(Locale.ROOT);
        return question.functions().stream()
                .filter(function -> text.contains(function.name().toLowerCase(Locale.ROOT)))
                .findFirst();
    }
}
