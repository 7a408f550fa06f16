using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Stock;

/// <summary>Writes down what an application's own interceptor is told of transactions, where it is asked to.</summary>
internal sealed class TransactionEars : DbTransactionInterceptor
{
    private readonly AsyncLocal<List<string>?> _heard = new();

    /// <returns>What is heard during the caller's own saves from now on.</returns>
    internal List<string> Listen() => _heard.Value = [];

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        _heard.Value?.Add("committing");
        return ValueTask.FromResult(result);
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => Hear("committed");

    public override Task TransactionFailedAsync(DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default) => Hear("failed");

    private Task Hear(string what)
    {
        _heard.Value?.Add(what);
        return Task.CompletedTask;
    }
}
