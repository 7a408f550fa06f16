using Spectre.Console;

namespace Shop.Drills;

/// <summary>Writes plain text wherever the output is not a terminal.</summary>
internal static class Terminal
{
    internal static void Prepare()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            });
        }
    }
}
