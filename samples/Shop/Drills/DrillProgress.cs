using System.Globalization;
using Spectre.Console;

namespace Shop.Drills;

/// <summary>Shows how far a drill is: a bar on a terminal, a line every few seconds anywhere else.</summary>
internal static class DrillProgress
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(3);

    internal static Task ShowAsync(Func<Action<IDrillState>, Task> run) =>
        AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true } ? ShowBarAsync(run) : ShowLinesAsync(run);

    private static Task ShowBarAsync(Func<Action<IDrillState>, Task> run) =>
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 28 }, new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("starting");
                await run(state => (bar.Value, bar.Description) = (100 * state.Share, state.Text));
                bar.StopTask();
            });

    private static Task ShowLinesAsync(Func<Action<IDrillState>, Task> run)
    {
        var shown = TimeProvider.System.GetTimestamp();
        return run(state =>
        {
            if (TimeProvider.System.GetElapsedTime(shown) >= LineInterval)
            {
                shown = TimeProvider.System.GetTimestamp();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{state.Share,4:P0}  {state.Text}"));
            }
        });
    }
}
