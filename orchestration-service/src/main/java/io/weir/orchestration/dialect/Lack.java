package io.weir.orchestration.dialect;

import io.weir.problem.PlatformException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something in a request that a provider cannot do.
///
/// @param field where it stands, for example `response_format`
/// @param why as the client is told, a sentence
/// @param instead what a tolerant call gets, for example `dropped 'seed'`; null: nothing would be of use
/// @param bearable whether every call gets that: its client speaks another API and cannot know
public record Lack(String field, String why, @Nullable String instead, boolean bearable) {

    public Lack(String field, String why, @Nullable String instead) {
        this(field, why, instead, false);
    }

    /// It is left out for every call.
    public static Lack bearable(String field, String why) {
        return new Lack(field, why, "dropped '" + field + "'", true);
    }

    /// It can be left out, and the answer is still of use.
    public static Lack droppable(String field, String why) {
        return new Lack(field, why, "dropped '" + field + "'");
    }

    /// Without it the answer would be of no use. The reason also says what to send.
    public static Lack fatal(String field, String why) {
        return new Lack(field, why, null);
    }

    /// The warnings for a tolerant call. Throws a 400 naming the first field when the call is strict, or nothing helps.
    public static List<String> settle(List<Lack> lacks, boolean tolerant) {
        for (Lack lack : lacks) {
            if (!(tolerant || lack.bearable) || lack.instead == null) {
                throw refusal(lack);
            }
        }
        return lacks.stream()
                .map(lack -> lack.instead == null ? lack.field : lack.instead)
                .toList();
    }

    private static PlatformException refusal(Lack lack) {
        String way =
                lack.instead == null ? "" : " Leave it out, choose another model, or send 'x-weir-tolerant: true'.";
        return PlatformException.invalid(lack.field, lack.why + way);
    }
}
