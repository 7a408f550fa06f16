using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Consistency.Kit.EntityFrameworkCore.Tests.SqlServer;

/// <summary>Stands in for a server: writes down what EF would send and answers as little as EF needs to go on.</summary>
internal sealed partial class NoServer : DbCommandInterceptor, IDbConnectionInterceptor, IDbTransactionInterceptor
{
    private readonly List<string> _sent = [];
    private DataTable? _met;

    internal IReadOnlyList<string> Take()
    {
        string[] sent = [.. _sent];
        _sent.Clear();
        return sent;
    }

    /// <summary>Answers the next question about keys with a row.</summary>
    internal void Meet(DataTable row) => _met = row;

    internal static DataTable Row(params ReadOnlySpan<object?> values)
    {
        var row = new DataTable();
        foreach (var value in values)
        {
            row.Columns.Add().DataType = value?.GetType() ?? typeof(object);
        }

        row.Rows.Add(values.ToArray());
        return row;
    }

    public override InterceptionResult<DbCommand> CommandCreating(CommandCorrelatedEventData eventData, InterceptionResult<DbCommand> result) =>
        InterceptionResult<DbCommand>.SuppressWithResult(new Command(this));

    public InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) => InterceptionResult.Suppress();

    public ValueTask<InterceptionResult> ConnectionOpeningAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(InterceptionResult.Suppress());

    public InterceptionResult<DbTransaction> TransactionStarting(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
    {
        _sent.Add("BEGIN TRANSACTION");
        return InterceptionResult<DbTransaction>.SuppressWithResult(new Transaction(connection));
    }

    public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(TransactionStarting(connection, eventData, result));

    public ValueTask<InterceptionResult> CreatingSavepointAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) => Written("SAVE TRANSACTION");

    public ValueTask<InterceptionResult> RollingBackToSavepointAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) => Written("ROLLBACK TO SAVEPOINT");

    public ValueTask<InterceptionResult> ReleasingSavepointAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) => ValueTask.FromResult(InterceptionResult.Suppress());

    public ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) => Written("COMMIT");

    private ValueTask<InterceptionResult> Written(string statement)
    {
        _sent.Add(statement);
        return ValueTask.FromResult(InterceptionResult.Suppress());
    }

    private DataTableReader Answer(string sql)
    {
        _sent.Add(sql.Trim());
        var table = new DataTable();
        if (_met is { } met && sql.StartsWith("SELECT", StringComparison.Ordinal) && sql.Contains("[consistency_idempotency]", StringComparison.Ordinal))
        {
            _met = null;
            return met.CreateDataReader();
        }

        if (sql.Contains("OUTPUT 1", StringComparison.Ordinal))
        {
            table.Columns.Add("one", typeof(int));
            table.Rows.Add(1);
        }
        else if (sql.Contains("SELECT CASE", StringComparison.Ordinal))
        {
            table.Columns.Add("exists", typeof(bool));
            table.Rows.Add(false);
        }
        else if (sql.Contains("SELECT COUNT(*)", StringComparison.Ordinal))
        {
            table.Columns.Add("count", typeof(int));
            table.Rows.Add(16);
        }
        else if (sql.Contains("OUTPUT INSERTED", StringComparison.Ordinal))
        {
            table.Columns.Add("number", typeof(long));
            table.Columns.Add("_Position", typeof(int));
            for (var row = 0; row < Math.Max(1, Rows().Count(sql)); row++)
            {
                table.Rows.Add(row + 1L, row);
            }
        }

        return table.CreateDataReader();
    }

    [GeneratedRegex(@"^\(@p|VALUES \(@p", RegexOptions.Multiline)]
    private static partial Regex Rows();

    private sealed class Command(NoServer server) : DbCommand
    {
        private readonly SqlCommand _real = new();

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbParameterCollection DbParameterCollection => _real.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override int ExecuteNonQuery()
        {
            using var reader = server.Answer(CommandText);
            return 1;
        }

        public override object? ExecuteScalar() => throw new NotSupportedException();

        public override void Prepare()
        {
        }

        protected override DbParameter CreateDbParameter() => _real.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => server.Answer(CommandText);

        protected override void Dispose(bool disposing)
        {
            _real.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>Open all the time: EF ends the transaction of a connection that is found closed.</summary>
    internal sealed class Connection : DbConnection
    {
        [AllowNull]
        public override string ConnectionString { get; set; } = "Server=nowhere;Encrypt=false";

        public override string Database => "";

        public override string DataSource => "nowhere";

        public override string ServerVersion => "16.0";

        public override ConnectionState State => ConnectionState.Open;

        public override void ChangeDatabase(string databaseName)
        {
        }

        public override void Close()
        {
        }

        public override void Open()
        {
        }

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

        protected override DbCommand CreateDbCommand() => throw new NotSupportedException();
    }

    private sealed class Transaction(DbConnection connection) : DbTransaction
    {
        public override IsolationLevel IsolationLevel => IsolationLevel.ReadCommitted;

        public override bool SupportsSavepoints => true;

        protected override DbConnection DbConnection => connection;

        public override void Commit()
        {
        }

        public override void Rollback()
        {
        }
    }
}
