package io.weir.security.setup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Makes the Secrets that are missing and never changes what is in one. Several may run at once: of two that make the
/// same Secret one is first, and the other takes that one.
///
/// `--prefix weir` stands before the Secrets' names; `--password id` is a random password in `<prefix>-passwords`;
/// `--key id` is a Secret `<prefix>-<id>` that services mount as a directory.
public final class SecretSetup {

    static final String TRUSTED = "trusted-keys";
    private static final String PASSWORDS = "passwords";

    private final ClusterSecrets cluster;
    private final SecretContents contents;

    SecretSetup(ClusterSecrets cluster, SecretContents contents) {
        this.cluster = cluster;
        this.contents = contents;
    }

    /// What is asked for.
    record Plan(String prefix, List<String> passwords, List<String> keys) {

        static Plan of(String... arguments) {
            String prefix = "";
            List<String> passwords = new ArrayList<>();
            List<String> keys = new ArrayList<>();
            for (int i = 0; i + 1 < arguments.length; i += 2) {
                switch (arguments[i]) {
                    case "--prefix" -> prefix = arguments[i + 1];
                    case "--password" -> passwords.add(arguments[i + 1]);
                    case "--key" -> keys.add(arguments[i + 1]);
                    default ->
                        throw new IllegalArgumentException("option: '" + arguments[i]
                                + "' (expected: --prefix, --password or --key, each with a value)");
                }
            }
            if (prefix.isEmpty() || arguments.length % 2 != 0) {
                throw new IllegalArgumentException("options: " + List.of(arguments)
                        + " (expected: --prefix <name> and --password or --key with ids)");
            }
            return new Plan(prefix, List.copyOf(passwords), List.copyOf(keys));
        }
    }

    /// Ends with 1 where the cluster refuses, with its reason.
    public static void main(String... arguments) {
        try {
            Plan plan = Plan.of(arguments);
            new SecretSetup(ClusterSecrets.ofThisPod(), new SecretContents()).run(plan);
        } catch (IOException | IllegalArgumentException failed) {
            System.err.println("The secrets could not be made: " + failed.getMessage());
            System.exit(1);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            System.exit(1);
        }
    }

    void run(Plan plan) throws IOException, InterruptedException {
        if (!plan.passwords().isEmpty()) {
            makePasswords(plan.prefix() + "-" + PASSWORDS, plan.passwords());
        }
        String trusted = plan.prefix() + "-" + TRUSTED;
        boolean trustedIsOurs = plan.keys().contains(TRUSTED);
        if (trustedIsOurs && cluster.read(trusted).isEmpty()) {
            cluster.create(trusted, Map.of());
        }
        for (String id : plan.keys()) {
            String name = plan.prefix() + "-" + id;
            if (!id.equals(TRUSTED) && cluster.read(name).isEmpty()) {
                makeKey(id, name, trustedIsOurs ? Optional.of(trusted) : Optional.empty());
            }
        }
    }

    private void makePasswords(String name, List<String> ids) throws IOException, InterruptedException {
        if (cluster.read(name).isEmpty()) {
            // Of two that do this at once one is first; below, both see the same.
            cluster.create(name, Map.of());
        }
        Map<String, String> known = cluster.read(name).orElseGet(Map::of);
        Map<String, String> missing = new TreeMap<>();
        for (String id : ids) {
            if (!known.containsKey(id)) {
                missing.put(id, contents.password());
            }
        }
        if (!missing.isEmpty()) {
            cluster.add(name, missing);
            say(name, missing);
        }
    }

    // The public half is spread before anything can be signed with the private one.
    private void makeKey(String id, String name, Optional<String> trusted) throws IOException, InterruptedException {
        SecretContents.Content content = contents.of(id);
        if (!content.trusted().isEmpty()) {
            String place = trusted.orElseThrow(() -> new IllegalArgumentException("'" + id
                    + "' would be trusted by nobody, as the trusted keys are somebody else's; give keys." + id
                    + ".existingSecret as well"));
            cluster.add(place, content.trusted());
        }
        if (cluster.create(name, content.files())) {
            say(name, content.files());
        }
    }

    private static void say(String name, Map<String, String> made) {
        System.out.println("Made " + name + ": " + new LinkedHashMap<>(made).keySet());
    }
}
