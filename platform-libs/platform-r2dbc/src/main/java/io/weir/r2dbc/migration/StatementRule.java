package io.weir.r2dbc.migration;

import java.util.Locale;
import java.util.regex.Pattern;

/// What must not stand in a migration that runs while the tables are used, why, and what to write instead.
public enum StatementRule {
    VOLATILE_DEFAULT(
            "ALTER TABLE .*\\bADD (?:COLUMN )?.*(?:DEFAULT [^,]*\\b(?:RANDOM|GEN_RANDOM_UUID|UUIDV7|UUIDV4|CLOCK_TIMESTAMP|NEXTVAL|TIMEOFDAY)\\s?\\("
                    + "|\\bGENERATED\\b|\\b(?:BIG|SMALL)?SERIAL\\b)",
            "rewrites the whole table under an exclusive lock: each row gets a value of its own",
            "add the column without a default, set the default in the next statement, and fill old rows in batches"),
    NOT_NULL_COLUMN(
            "ALTER TABLE (?!.*\\bDEFAULT\\b).*\\bADD (?:COLUMN )?(?!CONSTRAINT|CHECK|PRIMARY|UNIQUE|FOREIGN|EXCLUDE).*\\bNOT NULL\\b.*",
            "fails where the table has rows, and breaks inserts of the version that runs",
            "add it nullable or with a constant default; demand it in the contract phase"),
    SET_NOT_NULL(
            "ALTER TABLE .*\\bSET NOT NULL\\b.*",
            "reads the whole table under an exclusive lock",
            "add CHECK (c IS NOT NULL) NOT VALID, VALIDATE it in a later migration, and SET NOT NULL right after that"),
    INDEX_NOT_CONCURRENT(
            "CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY\\b).*",
            "keeps writers out until the index is built",
            "CREATE INDEX CONCURRENTLY, alone in its file"),
    DROP_INDEX_NOT_CONCURRENT(
            "DROP INDEX (?!CONCURRENTLY\\b).*",
            "waits for readers under an exclusive lock, and everybody behind it",
            "DROP INDEX CONCURRENTLY, alone in its file"),
    CONCURRENT_NOT_ALONE(
            ".*\\bCONCURRENTLY\\b.*",
            "cannot run in a transaction, so the other statements of the file would not be rolled back with it",
            "give it a file of its own"),
    CHANGE_TYPE(
            "ALTER TABLE .*\\bALTER (?:COLUMN )?\\S+ (?:SET DATA )?TYPE\\b.*",
            "rewrites the table under an exclusive lock, and the version that runs has plans for the old type",
            "add a column of the new type, write both, fill it in batches, read the new one, drop the old one in the contract phase"),
    RENAME(
            "ALTER (?:TABLE|VIEW|TYPE) .*\\bRENAME (?!CONSTRAINT\\b).*",
            "breaks the version that runs: it knows the old name",
            "add the new one, write both, read the new one, drop the old one in the contract phase"),
    DROP_IN_EXPAND(
            "(?:ALTER TABLE .*\\bDROP (?:COLUMN )?(?!CONSTRAINT\\b|NOT NULL|DEFAULT|EXPRESSION|IDENTITY)\\w|DROP (?:TABLE|VIEW|MATERIALIZED|TYPE|SCHEMA)).*",
            "breaks the version that runs: it still reads it",
            "do it in a later migration with `-- weir:phase contract`, once no old version runs"),
    CONSTRAINT_AT_ONCE(
            "ALTER TABLE (?!.*\\b(?:NOT VALID|USING INDEX)\\b).*\\bADD (?:CONSTRAINT \\S+ )?(?:CHECK|FOREIGN KEY|UNIQUE|PRIMARY KEY|EXCLUDE)\\b.*",
            "checks every row (or builds an index) while writers are kept out",
            "add it NOT VALID and VALIDATE it in a later migration; for a key, build the index concurrently and add it USING INDEX"),
    VALIDATED_WITH_ADD(
            "ALTER TABLE .*\\bVALIDATE CONSTRAINT\\b.*",
            "checks every row while the lock of the ADD in the same transaction is held",
            "validate it in a migration of its own"),
    LOCK_TABLE(
            "LOCK\\b.*",
            "keeps others out for as long as the migration runs",
            "lock rows, or do without; DDL takes what it needs"),
    WHOLE_TABLE_WRITE(
            "(?:UPDATE|DELETE FROM) (?!.*\\bWHERE\\b).*|TRUNCATE\\b.*",
            "locks every row until its end, bloats the table and delays replicas",
            "fill in batches in key order (Backfill), outside of migrations"),
    REWRITE(
            "VACUUM\\b.*|CLUSTER\\b.*|REINDEX (?!.*CONCURRENTLY).*|REFRESH MATERIALIZED VIEW (?!CONCURRENTLY).*"
                    + "|ALTER TABLE .*\\bSET (?:TABLESPACE|LOGGED|UNLOGGED)\\b.*",
            "rewrites the table under an exclusive lock",
            "leave it to autovacuum, or use the concurrent form"),
    TRANSACTION_CONTROL(
            "(?:BEGIN|COMMIT|ROLLBACK|END|START TRANSACTION|SAVEPOINT)\\b.*",
            "ends the transaction that undoes a migration which fails half-way",
            "leave it out: each file is one transaction"),
    SETTING(
            "SET (?:SESSION |LOCAL )?(?:LOCK_TIMEOUT|STATEMENT_TIMEOUT|SESSION_REPLICATION_ROLE|ROW_SECURITY)\\b.*",
            "undoes what keeps the migration from harming others",
            "leave it out: the runner sets it"),
    OPAQUE(
            "DO\\b.*",
            "cannot be read by the linter",
            "write plain statements, or say with weir:allow why this is safe");

    private final Pattern form;
    private final String why;
    private final String instead;

    StatementRule(String form, String why, String instead) {
        this.form = Pattern.compile(form);
        this.why = why;
        this.instead = instead;
    }

    /// As it is written in `-- weir:allow <rule>: <reason>`.
    public String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What it does to those who use the table.
    public String why() {
        return why;
    }

    /// The safe way.
    public String instead() {
        return instead;
    }

    boolean matches(String statement) {
        return form.matcher(statement).lookingAt();
    }
}
