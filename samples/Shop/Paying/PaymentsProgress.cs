using System.Globalization;
using Spectre.Console;

namespace Shop.Paying;

/// <summary>Shows how far the payments drill is: a bar on a terminal, a line every few seconds anywhere else.</summary>
internal static class PaymentsProgress
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(3);

    internal static Task ShowAsync(Func<Action<double, string>, Task> run) => AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true }
        ? AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 28 }, new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("starting");
                await run((share, text) => (bar.Value, bar.Description) = (100 * share, text));
                bar.StopTask();
            })
        : ShowLinesAsync(run);

    private static Task ShowLinesAsync(Func<Action<double, string>, Task> run)
    {
        var shown = TimeProvider.System.GetTimestamp();
        return run((share, text) =>
        {
            if (TimeProvider.System.GetElapsedTime(shown) >= LineInterval)
            {
                shown = TimeProvider.System.GetTimestamp();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share,4:P0}  {text}"));
            }
        });
    }
}
