using System.Globalization;
using Spectre.Console;

namespace Shop.Drills;

/// <summary>Shows how far the drill is: a bar on a terminal, a line every few seconds anywhere else.</summary>
internal static class DrillProgress
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(3);

    internal static Task ShowAsync(int orders, Func<Action<DrillState>, Task> run) =>
        AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true }
            ? ShowBarAsync(orders, run)
            : ShowLinesAsync(orders, run);

    private static Task ShowBarAsync(int orders, Func<Action<DrillState>, Task> run) =>
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 28 }, new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("starting");
                await run(state =>
                {
                    bar.Value = 100 * state.Share(orders);
                    bar.Description = Describe(state, orders);
                });
                bar.StopTask();
            });

    private static Task ShowLinesAsync(int orders, Func<Action<DrillState>, Task> run)
    {
        var shown = TimeProvider.System.GetTimestamp();
        return run(state =>
        {
            if (TimeProvider.System.GetElapsedTime(shown) >= LineInterval)
            {
                shown = TimeProvider.System.GetTimestamp();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{state.Share(orders),4:P0}  {Describe(state, orders)}, {state.Left:N0} on their way"));
            }
        });
    }

    private static string Describe(DrillState state, int orders) =>
        string.Create(CultureInfo.InvariantCulture, $"{state.Ended:N0} of {orders:N0} orders ended");
}
