using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Payments;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Compares the lines of one statement with the ledger, page by page. Only reads.</summary>
internal sealed class StatementComparison(DbContext context, string provider, DateOnly day, PaymentReconciliationOptions options)
{
    private const int PageSize = 500;

    private readonly HashSet<UInt128> _seen = [];

    internal int Lines { get; private set; }

    internal List<PaymentDifference> Differences { get; } = [];

    /// <summary>The payments and the refunds of the ledger that are stated and not marked so.</summary>
    internal List<string> Payments { get; } = [];

    internal List<string> Refunds { get; } = [];

    /// <exception cref="InvalidDataException">There are too many lines or differences.</exception>
    internal async Task ReadAsync(IAsyncEnumerable<PaymentStatementLine> statement, CancellationToken cancellationToken)
    {
        var page = new List<PaymentStatementLine>(PageSize);
        await foreach (var line in statement.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Lines++;
            if (Lines > options.MaxLines)
            {
                throw new InvalidDataException($"The statement of {provider} for {day:O} has more than {options.MaxLines} lines: raise PaymentReconciliationOptions.MaxLines.");
            }

            if (!_seen.Add(Hash(Kind(line), Number(line))))
            {
                Add(new PaymentDifference(PaymentDriftKind.Duplicate, Order(line), Number(line), line, "It is stated twice in this statement."));
                continue;
            }

            page.Add(line);
            if (page.Count == PageSize)
            {
                await CompareAsync(page, cancellationToken).ConfigureAwait(false);
                page.Clear();
            }
        }

        await CompareAsync(page, cancellationToken).ConfigureAwait(false);
        await FindUnstatedAsync(cancellationToken).ConfigureAwait(false);
    }

    private static char Kind(PaymentStatementLine line) => line is PaymentStatementLine.Payment ? 'p' : 'r';

    // What was refunded by hand has no number of ours.
    private static string Number(PaymentStatementLine line) => line switch
    {
        PaymentStatementLine.Payment payment => payment.TransactionId,
        PaymentStatementLine.Refund refund when refund.Number.Length == 0 => $"{refund.TransactionId}, {refund.At:O}, {refund.Amount}",
        PaymentStatementLine.Refund refund => refund.Number,
        _ => throw new InvalidOperationException("A line of a statement is a payment or a refund."),
    };

    private static string Order(PaymentStatementLine line) => line is PaymentStatementLine.Payment payment ? payment.OrderNumber : ((PaymentStatementLine.Refund)line).OrderNumber;

    private static UInt128 Hash(char kind, string number) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(kind + number)));

    private async Task CompareAsync(List<PaymentStatementLine> page, CancellationToken cancellationToken)
    {
        var transactions = page.OfType<PaymentStatementLine.Payment>().Select(line => line.TransactionId).ToList();
        var numbers = page.OfType<PaymentStatementLine.Refund>().Select(line => line.Number).Where(number => number.Length > 0).ToList();
        var payments = transactions.Count == 0 ? [] : await context.Set<PaymentRow>().AsNoTracking()
            .Where(row => row.Provider == provider && transactions.Contains(row.TransactionId))
            .ToDictionaryAsync(row => row.TransactionId, StringComparer.Ordinal, cancellationToken).ConfigureAwait(false);
        var refunds = numbers.Count == 0 ? [] : await context.Set<RefundRow>().AsNoTracking()
            .Where(row => row.Provider == provider && numbers.Contains(row.Number))
            .ToDictionaryAsync(row => row.Number, StringComparer.Ordinal, cancellationToken).ConfigureAwait(false);
        foreach (var line in page)
        {
            var difference = line is PaymentStatementLine.Payment payment
                ? Compare(payment, payments.GetValueOrDefault(payment.TransactionId))
                : Compare((PaymentStatementLine.Refund)line, refunds.GetValueOrDefault(((PaymentStatementLine.Refund)line).Number));
            if (difference is var (kind, detail))
            {
                Add(new PaymentDifference(kind, Order(line), Number(line), line, detail));
            }
        }
    }

    private (PaymentDriftKind Kind, string Detail)? Compare(PaymentStatementLine.Payment line, PaymentRow? row)
    {
        if (row is null)
        {
            return (PaymentDriftKind.MissingHere, "The ledger does not have it.");
        }

        if (row.StatedOn is null)
        {
            Payments.Add(row.TransactionId);
        }

        return row.StatedOn is { } other && other != day ? (PaymentDriftKind.Duplicate, $"It is in the statement of {other:O} too.")
            : row.OrderNumber != line.OrderNumber ? (PaymentDriftKind.OrderDiffers, $"The ledger has it of order {row.OrderNumber}.")
            : row.Currency != line.Currency ? (PaymentDriftKind.CurrencyDiffers, $"The ledger has {row.Amount} {row.Currency}.")
            : row.Amount != line.Amount ? (PaymentDriftKind.AmountDiffers, $"The ledger has {row.Amount} {row.Currency}.")
            : null;
    }

    private (PaymentDriftKind Kind, string Detail)? Compare(PaymentStatementLine.Refund line, RefundRow? row)
    {
        if (row is null)
        {
            return (PaymentDriftKind.RefundMissingHere, "The ledger does not have it.");
        }

        if (row.StatedOn is null)
        {
            Refunds.Add(row.Number);
        }

        return row.StatedOn is { } other && other != day ? (PaymentDriftKind.Duplicate, $"It is in the statement of {other:O} too.")
            : row.TransactionId != line.TransactionId ? (PaymentDriftKind.OrderDiffers, $"The ledger has it of payment {row.TransactionId}.")
            : row.Currency != line.Currency ? (PaymentDriftKind.CurrencyDiffers, $"The ledger has {row.Amount} {row.Currency}.")
            : row.Amount != line.Amount ? (PaymentDriftKind.AmountDiffers, $"The ledger has {row.Amount} {row.Currency}.")
            : line.IsDone && row.Status != RefundStatus.Done ? (PaymentDriftKind.RefundOpenHere, $"The ledger has it as {row.Status}.")
            : null;
    }

    /// <summary>What is old enough to have been stated, and never was: neither by this statement nor by one that marked it.</summary>
    private async Task FindUnstatedAsync(CancellationToken cancellationToken)
    {
        var midnight = day.AddDays(1).ToDateTime(TimeOnly.MinValue);
        var to = midnight - options.Zone.GetUtcOffset(midnight) - options.Grace;
        var from = DateTime.SpecifyKind(to - options.LookBack, DateTimeKind.Utc);
        to = DateTime.SpecifyKind(to, DateTimeKind.Utc);
        var payments = context.Set<PaymentRow>().AsNoTracking()
            .Where(row => row.Provider == provider && row.StatedOn == null && row.At >= from && row.At < to).OrderBy(row => row.At).AsAsyncEnumerable();
        await foreach (var row in payments.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (!_seen.Contains(Hash('p', row.TransactionId)))
            {
                Add(new PaymentDifference(PaymentDriftKind.MissingThere, row.OrderNumber, row.TransactionId, null, $"The ledger has {row.Amount} {row.Currency}, noted {row.At:O}."));
            }
        }

        var refunds = context.Set<RefundRow>().AsNoTracking()
            .Where(row => row.Provider == provider && row.StatedOn == null && row.DoneAt >= from && row.DoneAt < to).OrderBy(row => row.DoneAt).AsAsyncEnumerable();
        await foreach (var row in refunds.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (!_seen.Contains(Hash('r', row.Number)))
            {
                Add(new PaymentDifference(PaymentDriftKind.RefundMissingThere, row.OrderNumber, row.Number, null, $"The ledger has {row.Amount} {row.Currency}, made {row.DoneAt:O}."));
            }
        }
    }

    private void Add(PaymentDifference difference)
    {
        Differences.Add(difference);
        if (Differences.Count > options.MaxDrifts)
        {
            throw new InvalidDataException($"The statement of {provider} for {day:O} and the ledger have more than {options.MaxDrifts} differences: is it this merchant's? Nothing is repaired.");
        }
    }
}
