using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Stock;

public sealed class PostgresLedger() : LedgerFixture(Engine.Postgres);

public sealed class SqliteLedger() : LedgerFixture(Engine.Sqlite);

public sealed class PortablePostgresLedger() : LedgerFixture(Engine.PortablePostgres);

public sealed class PortableSqliteLedger() : LedgerFixture(Engine.PortableSqlite);

public sealed class PostgresLedgerTests(PostgresLedger shop) : LedgerSuite(shop), IClassFixture<PostgresLedger>;

public sealed class SqliteLedgerTests(SqliteLedger shop) : LedgerSuite(shop), IClassFixture<SqliteLedger>;

public sealed class PortablePostgresLedgerTests(PortablePostgresLedger shop) : LedgerSuite(shop), IClassFixture<PortablePostgresLedger>;

public sealed class PortableSqliteLedgerTests(PortableSqliteLedger shop) : LedgerSuite(shop), IClassFixture<PortableSqliteLedger>;
