namespace Consistency.Kit.Tests.Remote;

/// <summary>One exchange between a coordinator and a branch as dtm's documentation has it, and what it means.</summary>
internal sealed record Transcript(string Path, string RequestType, string Request, int Status, string AnswerType, string Answer, string Meaning)
{
    internal static TheoryData<string> Names { get; } =
        [.. Directory.GetFiles(Folder, "*.http").Select(file => System.IO.Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    private static string Folder => System.IO.Path.Combine(AppContext.BaseDirectory, "BranchTranscripts");

    internal static Transcript Read(string name)
    {
        var parts = File.ReadAllText(System.IO.Path.Combine(Folder, name + ".http")).ReplaceLineEndings("\n").Split("\n---\n");
        var (request, answer) = (parts[0].Split('\n'), parts[1].Split('\n'));
        return new Transcript(
            request[0]["POST ".Length..],
            request[1]["Content-Type: ".Length..],
            request[3],
            int.Parse(answer[0], System.Globalization.CultureInfo.InvariantCulture),
            answer[1]["Content-Type: ".Length..],
            answer[3],
            parts[2].TrimEnd());
    }
}
