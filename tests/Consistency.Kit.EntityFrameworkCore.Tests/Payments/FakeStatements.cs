using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Consistency.Kit.Payments;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Payments;

/// <summary>Statements that the test decides, and what was found in them.</summary>
internal sealed class FakeStatements : IPaymentStatements, IPaymentReports
{
    internal Func<DateOnly, IReadOnlyList<PaymentStatementLine>> OnRead { get; set; } = static _ => [];

    internal ConcurrentQueue<PaymentReport> Reports { get; } = new();

    public async IAsyncEnumerable<PaymentStatementLine> ReadAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var line in OnRead(day))
        {
            yield return line;
        }
    }

    public ValueTask ReportAsync(PaymentReport report, CancellationToken cancellationToken)
    {
        Reports.Enqueue(report);
        return ValueTask.CompletedTask;
    }
}
