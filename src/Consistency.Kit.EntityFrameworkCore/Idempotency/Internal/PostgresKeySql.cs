using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>The statements of <see cref="PostgresKeys"/>, with parameters by position: the client need not search the text for names.</summary>
internal sealed class PostgresKeySql(string table)
{
    private const string IsOver = "(expires_at <= clock_timestamp() OR (completed_at IS NULL AND lease_until <= clock_timestamp()))";

    internal const string Lock = "SELECT pg_try_advisory_xact_lock($1)";

    /// <summary>Keeps the keys of two tables in one database from sharing locks.</summary>
    internal long Salt { get; } = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(table)));

    internal string Find { get; } =
        $"SELECT epoch, fingerprint, answer, completed_at, expires_at > clock_timestamp(), lease_until > clock_timestamp() FROM {table} WHERE key = $1";

    internal string Remove { get; } = $"DELETE FROM {table} WHERE key = $1 AND {IsOver}";

    /// <summary>Fails when the key is there.</summary>
    internal string Answer { get; } = $"""
        INSERT INTO {table} (key, fingerprint, answer, expires_at, operation, epoch, begun_at, completed_at, lease_until)
        VALUES ($1, $2, $3, clock_timestamp() + $4, $5, 0, transaction_timestamp(), clock_timestamp(), clock_timestamp())
        """;

    /// <summary>Writes nothing when the key is there.</summary>
    internal string AnswerUnlessTaken => Answer + " ON CONFLICT DO NOTHING";
}
