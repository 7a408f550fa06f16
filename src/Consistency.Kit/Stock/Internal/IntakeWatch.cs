using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Stock.Internal;

/// <summary>Looks at the intake rules now and then, until the application stops.</summary>
internal static class IntakeWatch
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal static async Task RunAsync(StockIntake intake, IServiceProvider services, TimeSpan interval, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await LookAsync(intake, services, time, logger, cancellationToken).ConfigureAwait(false);
            await Task.Delay(interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal static async Task LookAsync(StockIntake intake, IServiceProvider services, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        foreach (var rule in intake.Rules)
        {
            try
            {
                using var patience = new CancellationTokenSource(Patience, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
                var value = await rule.Rule.MeasureAsync(services, either.Token).ConfigureAwait(false);
                var before = rule.Look(double.IsNaN(value) ? throw new InvalidOperationException($"The intake rule {rule.Rule.Name} measured no number.") : value, time.GetUtcNow());
                intake.Decide();
                StockTelemetry.Intake(rule.Reading, rule.Rule.RefuseAt);
                if (rule.Reading.State > before)
                {
                    StockLog.IntakeWorse(logger, Text(rule.Reading.State), rule.Rule.Name, value);
                }
                else if (rule.Reading.State < before)
                {
                    StockLog.IntakeBetter(logger, Text(rule.Reading.State), rule.Rule.Name, value);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Looked at again at the next interval.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                StockLog.IntakeUnknown(logger, rule.Rule.Name, exception);
            }
        }
    }

    private static string Text(IntakeState state) => state switch
    {
        IntakeState.Open => "open",
        IntakeState.Slowed => "slowed",
        _ => "refused",
    };
}
