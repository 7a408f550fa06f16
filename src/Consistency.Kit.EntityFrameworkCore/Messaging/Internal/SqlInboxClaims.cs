using System.Data.Common;
using System.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Claims with <c>INSERT … ON CONFLICT DO NOTHING</c>, which PostgreSQL and SQLite share; duplicates are told by affected rows.</summary>
internal sealed class SqlInboxClaims(StoreClock clock, bool severalAtOnce) : IInboxClaims
{
    // After the last hold, its table is full of dead rows until a vacuum; looking for one key does not meet them.
    private static readonly long ExactFor = 600 * Stopwatch.Frequency;

    private volatile Statements? _statements;
    private long _exactUntil;

    public async ValueTask<InboxOutcome[]> ClaimAsync(DbContext context, string consumer, IReadOnlyList<TransportMessage> messages, CancellationToken cancellationToken)
    {
        var sql = _statements ??= new Statements(context);
        if (messages.Count == 1 && severalAtOnce)
        {
            return [await ClaimOneAsync(context, sql, consumer, messages[0], cancellationToken).ConfigureAwait(false)];
        }

        var outcomes = new InboxOutcome[messages.Count];
        if (severalAtOnce)
        {
            var claimed = await ClaimSeveralAsync(context, sql, consumer, messages, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < messages.Count; i++)
            {
                outcomes[i] = claimed.Contains(messages[i].Id)
                    ? InboxOutcome.Handled
                    : await WhyNotAsync(context, sql, consumer, messages[i].Id, cancellationToken).ConfigureAwait(false);
            }

            return outcomes;
        }

        for (var i = 0; i < messages.Count; i++)
        {
            outcomes[i] = await InsertAsync(context, sql.ClaimUnheld, consumer, messages[i], withKey: true, cancellationToken).ConfigureAwait(false)
                ? InboxOutcome.Handled
                : await WhyNotAsync(context, sql, consumer, messages[i].Id, cancellationToken).ConfigureAwait(false);
        }

        return outcomes;
    }

    public async ValueTask<bool> ClaimHeldAsync(DbContext context, string consumer, TransportMessage message, CancellationToken cancellationToken) =>
        await InsertAsync(context, (_statements ??= new Statements(context)).Claim, consumer, message, withKey: false, cancellationToken).ConfigureAwait(false);

    /// <summary>Claims and then looks for a hold, in one round trip: two statements that each are planned in no time, unlike their combination.</summary>
    /// <remarks>
    /// The look comes second, and so sees every hold that the claim could have seen. When it finds one, nothing of this transaction is
    /// committed, so the claim goes with it. Mostly there is no hold at all, which PostgreSQL finds at a fraction of the cost.
    /// </remarks>
    private async ValueTask<InboxOutcome> ClaimOneAsync(DbContext context, Statements sql, string consumer, TransportMessage message, CancellationToken cancellationToken)
    {
        var exact = Stopwatch.GetTimestamp() < Volatile.Read(ref _exactUntil);
        bool found;
        var batch = context.Database.GetDbConnection().CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Transaction = context.Database.CurrentTransaction!.GetDbTransaction();
            var claim = batch.Add(sql.ClaimOne);
            claim.Add("", consumer);
            claim.Add("", message.Id);
            claim.Add("", MessageTimes.Chain(message));
            claim.Add("", message.PublishedAt.UtcDateTime);
            claim.Add("", MessageTimes.Sent(message) ?? message.PublishedAt.UtcDateTime);
            claim.Add("", clock.Now);
            var look = batch.Add(exact ? sql.IsHeld : sql.AnyHold);
            if (exact)
            {
                look.Add("", consumer);
                look.Add("", message.Topic);
                look.Add("", message.Key);
            }

            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                found = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (claim.RecordsAffected == 0)
                {
                    return InboxOutcome.Duplicate;
                }
            }
        }

        if (found && !exact)
        {
            Volatile.Write(ref _exactUntil, Stopwatch.GetTimestamp() + ExactFor);
            found = await IsHeldAsync(context, sql, consumer, message, cancellationToken).ConfigureAwait(false);
        }

        return found ? InboxOutcome.KeyHeld : InboxOutcome.Handled;
    }

    private static async ValueTask<bool> IsHeldAsync(DbContext context, Statements sql, string consumer, TransportMessage message, CancellationToken cancellationToken)
    {
        var command = Command(context, sql.IsHeld);
        await using (command.ConfigureAwait(false))
        {
            command.Add("", consumer);
            command.Add("", message.Topic);
            command.Add("", message.Key);
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not null;
        }
    }

    private async ValueTask<bool> InsertAsync(DbContext context, string sql, string consumer, TransportMessage message, bool withKey, CancellationToken cancellationToken)
    {
        var command = Command(context, sql);
        await using (command.ConfigureAwait(false))
        {
            command.Add("consumer", consumer);
            command.Add("id", message.Id);
            command.Add("chain", MessageTimes.Chain(message));
            command.Add("published", message.PublishedAt.UtcDateTime);
            command.Add("sent", MessageTimes.Sent(message) ?? message.PublishedAt.UtcDateTime);
            command.Add("handled", clock.Now);
            if (withKey)
            {
                command.Add("topic", message.Topic);
                command.Add("key", message.Key);
            }

            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) > 0;
        }
    }

    private async ValueTask<HashSet<Guid>> ClaimSeveralAsync(DbContext context, Statements sql, string consumer, IReadOnlyList<TransportMessage> messages, CancellationToken cancellationToken)
    {
        var command = Command(context, sql.ClaimSeveral);
        await using (command.ConfigureAwait(false))
        {
            command.Add("consumer", consumer);
            command.Add("handled", clock.Now);
            command.Add("ids", messages.Select(message => message.Id).ToArray());
            command.Add("chains", messages.Select(message => MessageTimes.Chain(message) ?? "").ToArray());
            command.Add("published", messages.Select(message => message.PublishedAt.UtcDateTime).ToArray());
            command.Add("sent", messages.Select(message => MessageTimes.Sent(message) ?? message.PublishedAt.UtcDateTime).ToArray());
            command.Add("topics", messages.Select(message => message.Topic).ToArray());
            command.Add("keys", messages.Select(message => message.Key).ToArray());
            var claimed = new HashSet<Guid>();
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    claimed.Add(reader.GetGuid(0));
                }
            }

            return claimed;
        }
    }

    private static async ValueTask<InboxOutcome> WhyNotAsync(DbContext context, Statements sql, string consumer, Guid id, CancellationToken cancellationToken)
    {
        var command = Command(context, sql.WasClaimed);
        await using (command.ConfigureAwait(false))
        {
            command.Add("consumer", consumer);
            command.Add("id", id);
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is null ? InboxOutcome.KeyHeld : InboxOutcome.Duplicate;
        }
    }

    private static DbCommand Command(DbContext context, string sql)
    {
        var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Transaction = context.Database.CurrentTransaction!.GetDbTransaction();
        return command;
    }

    private sealed class Statements
    {
        internal Statements(DbContext context)
        {
            var inbox = KitSql.Table<InboxRow>(context);
            var holds = KitSql.Table<InboxHoldRow>(context);
            var insert = $"INSERT INTO {inbox} (consumer, message_id, chain, published_at, sent_at, handled_at)";
            Claim = $"{insert} VALUES (@consumer, @id, @chain, @published, @sent, @handled) ON CONFLICT DO NOTHING";

            // By number: names would have to be found in the text at each call.
            ClaimOne = $"{insert} VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
            AnyHold = $"SELECT 1 FROM {holds} LIMIT 1";
            IsHeld = $"SELECT 1 FROM {holds} WHERE consumer = $1 AND topic = $2 AND message_key = $3 AND holds_key LIMIT 1";
            ClaimUnheld = $"""
                {insert}
                SELECT @consumer, @id, @chain, @published, @sent, @handled
                WHERE NOT EXISTS (SELECT 1 FROM {holds} h WHERE h.consumer = @consumer AND h.topic = @topic AND h.message_key = @key AND h.holds_key)
                ON CONFLICT DO NOTHING
                """;
            ClaimSeveral = $"""
                {insert}
                SELECT @consumer, m.id, m.chain, m.published, m.sent, @handled
                FROM unnest(@ids, @chains, @published, @sent, @topics, @keys) AS m (id, chain, published, sent, topic, key)
                WHERE NOT EXISTS (SELECT 1 FROM {holds} h WHERE h.consumer = @consumer AND h.topic = m.topic AND h.message_key = m.key AND h.holds_key)
                ON CONFLICT DO NOTHING
                RETURNING message_id
                """;
            WasClaimed = $"SELECT 1 FROM {inbox} WHERE consumer = @consumer AND message_id = @id";
        }

        internal string Claim { get; }

        internal string ClaimOne { get; }

        internal string AnyHold { get; }

        internal string IsHeld { get; }

        internal string ClaimUnheld { get; }

        internal string ClaimSeveral { get; }

        internal string WasClaimed { get; }
    }
}
