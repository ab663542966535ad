package io.weir.terraform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is agreed of every module. Needs nothing but the files.
class ConventionsTests {
    private static final Pattern SECRET = Pattern.compile(
            "AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|\\bsk-[A-Za-z0-9]{16,}|\\b[sr]k_live_|xox[bp]-|ghp_[A-Za-z0-9]{20,}");
    /// Where each type of resource says under which key it stores.
    private static final Map<String, String> KEYS = Map.of(
            "aws_db_instance", "kms_key_id",
            "aws_db_instance_automated_backups_replication", "kms_key_id",
            "aws_elasticache_replication_group", "kms_key_id",
            "aws_cloudwatch_log_group", "kms_key_id",
            "aws_secretsmanager_secret", "kms_key_id",
            "aws_sns_topic", "kms_master_key_id",
            "aws_prometheus_workspace", "kms_key_arn",
            "encryption_info", "encryption_at_rest_kms_key_arn",
            "apply_server_side_encryption_by_default", "kms_master_key_id",
            "ebs", "kms_key_id");

    @SuppressWarnings("NullAway.Init")
    private static List<TerraformModule> modules;

    @BeforeAll
    static void read() throws IOException {
        modules = TerraformModule.all();
        assertThat(modules).hasSizeGreaterThan(20);
    }

    @Test
    void variablesHaveTypeAndDescription() {
        assertThat(modules.stream()
                        .flatMap(module -> module.variables()
                                .filter(variable -> variable.text("description").length() < 5
                                        || !variable.attributes().containsKey("type"))
                                .map(variable -> module.path() + " " + variable.label(0))))
                .isEmpty();
    }

    @Test
    void outputsHaveADescription() {
        assertThat(modules.stream()
                        .flatMap(module -> module.outputs()
                                .filter(output -> output.text("description").length() < 5)
                                .map(output -> module.path() + " " + output.label(0))))
                .isEmpty();
    }

    @Test
    void everyVariableIsUsed() throws IOException {
        List<String> unused = new ArrayList<>();
        for (TerraformModule module : modules) {
            String words = module.words();
            module.variables()
                    .map(variable -> variable.label(0))
                    .filter(name -> !Pattern.compile("\\bvar\\." + name + "\\b")
                            .matcher(words.replaceAll("(?s)variable \"" + name + "\" \\{.*?\n}\n", ""))
                            .find())
                    .forEach(name -> unused.add(module.path() + " " + name));
        }
        // That one is there to be compared with another, which its own validation does.
        assertThat(unused).containsExactly("logic/address-plan taken");
    }

    @Test
    void versionsHaveAFloorAndACeiling() {
        for (TerraformModule module : modules) {
            Block terraform = module.root().all("terraform").findFirst().orElseThrow();
            assertThat(terraform.text("required_version")).as(module.path()).matches(">= 1\\.\\d+\\.\\d+, < 2\\.0\\.0");
            terraform
                    .all("required_providers")
                    .flatMap(providers -> providers.attributes().values().stream())
                    .forEach(provider -> assertThat(provider)
                            .as(module.path())
                            .containsPattern("version\\s*=\\s*\">= [0-9.]+, < [0-9]+\\.0\\.0\""));
        }
    }

    @Test
    void modulesLeaveProvidersToTheirCallers() {
        assertThat(modules.stream()
                        .filter(module -> module.path().startsWith("modules/")
                                || module.path().startsWith("logic/"))
                        .filter(module ->
                                module.root().all("provider").findAny().isPresent())
                        .map(TerraformModule::path))
                .isEmpty();
    }

    @Test
    void logicNeedsNoProvider() {
        assertThat(modules.stream()
                        .filter(module -> module.path().startsWith("logic/"))
                        .filter(module -> module.root()
                                .deep()
                                .anyMatch(block -> List.of("resource", "data", "required_providers")
                                        .contains(block.type())))
                        .map(TerraformModule::path))
                .isEmpty();
    }

    @Test
    void whatIsStoredIsUnderAKeyOfOnesOwn() {
        List<String> seen = new ArrayList<>();
        for (TerraformModule module : modules) {
            module.root().deep().forEach(block -> {
                String kind = block.type().equals("resource") ? block.label(0) : block.type();
                String attribute = KEYS.get(kind);
                if (attribute != null) {
                    seen.add(kind);
                    assertThat(block.attributes().get(attribute))
                            .as("%s: %s %s", module.path(), kind, attribute)
                            .isNotNull()
                            .containsAnyOf("var.kms_key_arn", "module.keys.key_arns", "local.arns");
                }
            });
        }
        assertThat(seen).containsAll(KEYS.keySet());
    }

    @Test
    void dataIsProtectedAndCanBeHadBack() {
        List<Block> instances = all("aws_db_instance").toList();
        assertThat(instances).hasSizeGreaterThanOrEqualTo(3).allSatisfy(instance -> {
            assertThat(instance.attributes()).containsEntry("deletion_protection", "var.deletion_protection");
            assertThat(instance.attributes()).containsEntry("backup_retention_period", "var.backup_days");
            assertThat(instance.attributes()).containsEntry("storage_encrypted", "true");
            assertThat(instance.attributes()).containsEntry("publicly_accessible", "false");
        });
        assertThat(all("aws_s3_bucket").toList())
                .isNotEmpty()
                .allSatisfy(bucket ->
                        assertThat(bucket.attributes()).containsEntry("force_destroy", "!var.deletion_protection"));
        assertThat(all("aws_eks_cluster").toList())
                .isNotEmpty()
                .allSatisfy(cluster -> assertThat(cluster.attributes())
                        .containsEntry("deletion_protection", "var.deletion_protection"));
        assertThat(all("aws_kms_key").toList())
                .isNotEmpty()
                .allSatisfy(key -> assertThat(key.attributes())
                        .containsEntry("enable_key_rotation", "true")
                        .containsKey("deletion_window_in_days"));
    }

    @Test
    void nobodyIsLetInFromEverywhere() {
        assertThat(all("aws_vpc_security_group_ingress_rule").toList())
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(rule.attributes().toString())
                        .doesNotContain("0.0.0.0/0")
                        .doesNotContain("::/0"));
        assertThat(all("aws_security_group").toList())
                .isNotEmpty()
                .allSatisfy(group -> assertThat(group.blocks())
                        .as("rules are resources of their own")
                        .noneMatch(block -> block.type().equals("ingress")));
    }

    @Test
    void secretsAreInNoFileAndNoState() throws IOException {
        try (Stream<Path> files = Files.walk(Terraform.HOME)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(name -> !name.startsWith(Terraform.HOME.resolve("target"))
                            && !name.startsWith(Terraform.HOME.resolve("src")))
                    .toList()) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern(SECRET);
            }
        }
        for (TerraformModule module : modules) {
            module.root().deep().forEach(block -> {
                assertThat(block.attributes().keySet())
                        .as("%s: these would be in the state", module.path())
                        .doesNotContain("password", "secret_string", "auth_token", "master_password");
            });
            module.variables()
                    .filter(variable -> variable.label(0).endsWith("passwords"))
                    .forEach(variable -> assertThat(variable.attributes())
                            .as("%s %s", module.path(), variable.label(0))
                            .containsEntry("ephemeral", "true")
                            .containsEntry("sensitive", "true"));
        }
    }

    @Test
    void versionsOfChartAndImagesAreAlwaysNamed() {
        List<TerraformModule> deploying = modules.stream()
                .filter(module -> module.path().equals("modules/platform")
                        || module.path().startsWith("environments/"))
                .toList();
        assertThat(deploying).hasSize(4).allSatisfy(module -> {
            for (String name : List.of("chart_version", "app_version")) {
                Block variable = module.variables()
                        .filter(each -> each.label(0).equals(name))
                        .findFirst()
                        .orElseThrow();
                assertThat(variable.attributes())
                        .as("%s %s", module.path(), name)
                        .doesNotContainKey("default");
            }
        });
        assertThat(all("helm_release").toList())
                .isNotEmpty()
                .allSatisfy(release ->
                        assertThat(release.attributes()).containsKey("version").containsEntry("atomic", "true"));
    }

    @Test
    void whatIsThereAlreadyIsNotMadeAgain() {
        List<String> managed = List.of("network", "cluster", "postgres", "kafka", "cache");
        for (TerraformModule module : modules) {
            String name = module.path().replace("modules/", "");
            if (managed.contains(name)) {
                assertThat(module.variables().map(variable -> variable.label(0)))
                        .as(module.path())
                        .contains("existing");
                assertThat(module.resources().toList())
                        .as(module.path())
                        .isNotEmpty()
                        .allSatisfy(resource -> assertThat(resource.attributes().keySet())
                                .as("%s %s", module.path(), resource.labels())
                                .containsAnyOf("count", "for_each"));
            }
        }
    }

    @Test
    void everyModuleHasTestsOfWhatItRefuses() throws IOException {
        for (TerraformModule module : modules) {
            Path tests = module.path().startsWith("logic/")
                    ? Terraform.HOME
                            .resolve(module.path())
                            .resolve("tests")
                            .resolve(module.path().substring(6) + ".tftest.hcl")
                    : Terraform.HOME.resolve("tests").resolve(module.path().replace("modules/", "") + ".tftest.hcl");
            if (module.path().startsWith("logic/") || module.path().startsWith("modules/")) {
                assertThat(tests).exists();
                Block read = HclReader.read(tests);
                assertThat(read.all("run").toList()).as(tests.toString()).hasSizeGreaterThanOrEqualTo(3);
                if (!module.path().endsWith("cost-table")) {
                    assertThat(read.all("run")
                                    .filter(run -> run.attributes().containsKey("expect_failures"))
                                    .toList())
                            .as("%s refuses something", tests)
                            .isNotEmpty();
                }
            }
        }
    }

    @Test
    void callsGiveWhatTheirModulesAskFor() throws IOException {
        for (TerraformModule module : modules) {
            for (Block call : module.root().all("module").toList()) {
                Path called = Terraform.HOME
                        .resolve(module.path())
                        .resolve(call.text("source"))
                        .normalize();
                TerraformModule target = TerraformModule.read(called);
                List<String> given = call.attributes().keySet().stream()
                        .filter(name -> !List.of("source", "count", "for_each", "providers", "depends_on")
                                .contains(name))
                        .toList();
                assertThat(target.variables().map(variable -> variable.label(0)))
                        .as("%s calls %s", module.path(), target.path())
                        .containsAll(given);
                assertThat(given)
                        .as("%s calls %s", module.path(), target.path())
                        .containsAll(target.variables()
                                .filter(variable -> !variable.attributes().containsKey("default"))
                                .map(variable -> variable.label(0))
                                .toList());
            }
        }
    }

    private static Stream<Block> all(String type) {
        return modules.stream()
                .flatMap(TerraformModule::resources)
                .filter(resource -> resource.label(0).equals(type));
    }
}
