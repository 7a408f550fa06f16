using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Stock;

/// <summary>Slows or stops intake while what it measures is too high.</summary>
/// <remarks>
/// It is measured in the background, once in <see cref="StockOptions.IntakeInterval"/>, never for a request. It works at the first look that
/// is too high, and eases when three looks in a row were below 80 percent of where it began, so that it does not switch to and fro.
/// </remarks>
public sealed class IntakeRule
{
    private const int MaxNameLength = 100;

    /// <summary>Makes a rule.</summary>
    /// <param name="name">Its name in answers, logs and metrics.</param>
    /// <param name="measure">Measures, from the application's services. A failure leaves the rule as it stands.</param>
    /// <param name="refuseAt">From there on nothing is let in.</param>
    /// <param name="slowAt">From there on one request of <see cref="AdmitOneIn"/> is let in; null to let all in until <paramref name="refuseAt"/>.</param>
    /// <exception cref="ArgumentException">A threshold is not above 0, or slowing would begin after refusing.</exception>
    public IntakeRule(string name, Func<IServiceProvider, CancellationToken, ValueTask<double>> measure, double refuseAt, double? slowAt = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, MaxNameLength, nameof(name));
        ArgumentNullException.ThrowIfNull(measure);
        if (!(refuseAt > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(refuseAt), refuseAt, $"The rule {name} must refuse from something above 0.");
        }

        if (slowAt is { } slow && !(slow > 0 && slow < refuseAt))
        {
            throw new ArgumentOutOfRangeException(nameof(slowAt), slow, $"The rule {name} must slow from something above 0 and below {refuseAt}, where it refuses.");
        }

        Name = name;
        MeasureAsync = measure;
        RefuseAt = refuseAt;
        SlowAt = slowAt;
    }

    /// <summary>Its name in answers, logs and metrics.</summary>
    public string Name { get; }

    /// <summary>From there on nothing is let in.</summary>
    public double RefuseAt { get; }

    /// <summary>From there on one request of <see cref="AdmitOneIn"/> is let in; null for no such step.</summary>
    public double? SlowAt { get; }

    /// <summary>Of how many requests one is let in while the rule slows. Default: 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 2.</exception>
    public int AdmitOneIn
    {
        get;
        init => field = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(AdmitOneIn), value, "One request of 2 or more is let in.");
    } = 4;

    /// <summary>What the application lacks for it; null when nothing.</summary>
    internal Func<IServiceProvider, string?> FindProblem { get; private init; } = static _ => null;

    internal Func<IServiceProvider, CancellationToken, ValueTask<double>> MeasureAsync { get; }

    /// <summary>By how many messages wait in the outbox, of several databases the one with most.</summary>
    /// <param name="refuseAt">From so many on nothing is let in.</param>
    /// <param name="slowAt">From so many on intake is slowed.</param>
    public static IntakeRule OutboxDepth(int refuseAt, int? slowAt = null) =>
        new("outbox-depth", (services, token) => MostAsync(services, (backlog, cancellation) => CountAsync(backlog, refuseAt, cancellation), token), refuseAt, slowAt) { FindProblem = FindOutboxProblem };

    /// <summary>By how long the oldest message waits in the outbox, of several databases the longest.</summary>
    /// <param name="refuseAt">From so long on nothing is let in.</param>
    /// <param name="slowAt">From so long on intake is slowed.</param>
    public static IntakeRule OutboxAge(TimeSpan refuseAt, TimeSpan? slowAt = null) =>
        new("outbox-age", static (services, token) => MostAsync(services, AgeAsync, token), refuseAt.TotalSeconds, slowAt?.TotalSeconds) { FindProblem = FindOutboxProblem };

    private static async ValueTask<double> CountAsync(IOutboxBacklog backlog, int limit, CancellationToken cancellationToken) =>
        (await backlog.MeasureAsync(limit, cancellationToken).ConfigureAwait(false)).Count;

    private static async ValueTask<double> AgeAsync(IOutboxBacklog backlog, CancellationToken cancellationToken) =>
        (await backlog.MeasureAsync(1, cancellationToken).ConfigureAwait(false)).Age.TotalSeconds;

    private static async ValueTask<double> MostAsync(IServiceProvider services, Func<IOutboxBacklog, CancellationToken, ValueTask<double>> measure, CancellationToken cancellationToken)
    {
        var most = 0d;
        foreach (var store in services.GetServices<MessagingStore>())
        {
            if (store.Backlog is { } backlog)
            {
                most = Math.Max(most, await measure(backlog, cancellationToken).ConfigureAwait(false));
            }
        }

        return most;
    }

    private static string? FindOutboxProblem(IServiceProvider services) => services.GetServices<MessagingStore>().Any(store => store.Backlog is not null)
        ? null
        : "An intake rule measures the outbox, and there is none: add kit.UseEntityFrameworkCore<YourDbContext>().";
}
