using System.Globalization;
using Spectre.Console;

namespace Shop.Sales;

/// <summary>Shows how the sale goes: a bar on a terminal, a line every second anywhere else.</summary>
internal static class SaleProgress
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(1);

    internal static Task ShowAsync(Func<Action<SaleState>, Task> run) => AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true }
        ? AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("opening");
                await run(state => (bar.Value, bar.Description) = (100 * state.Share, state.ToString()));
                bar.StopTask();
            })
        : ShowLinesAsync(run);

    private static Task ShowLinesAsync(Func<Action<SaleState>, Task> run)
    {
        var shown = TimeProvider.System.GetTimestamp();
        return run(state =>
        {
            if (TimeProvider.System.GetElapsedTime(shown) >= LineInterval)
            {
                shown = TimeProvider.System.GetTimestamp();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{state.Share,4:P0}  {state.Answered:N0} of {state.Buyers:N0} buyers answered, {state}"));
            }
        });
    }
}
