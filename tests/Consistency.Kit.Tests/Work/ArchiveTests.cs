using System.Text;
using Consistency.Kit.Work;

namespace Consistency.Kit.Tests.Work;

public sealed class ArchiveTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"archive-{Guid.NewGuid():N}", "work.jsonl");

    [Fact]
    public async Task What_was_archived_is_whole_and_goes_on_after_a_restart()
    {
        await AppendAsync(3);
        await AppendAsync(2);
        var verdict = await VerifyAsync();
        Assert.Equal((5L, true), (verdict.Lines, verdict.IsWhole));
        Assert.Contains($"\"hash\":\"{verdict.LastHash}\"", (await File.ReadAllLinesAsync(_path))[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_a_crash_cut_off_is_dropped()
    {
        await AppendAsync(2);
        await File.AppendAllTextAsync(_path, "{\"hash\":\"12");
        Assert.Equal(3, (await VerifyAsync()).FirstBroken);
        await AppendAsync(1);
        Assert.Equal((3L, true), ((await VerifyAsync()).Lines, (await VerifyAsync()).IsWhole));
    }

    [Theory]
    [InlineData("change")]
    [InlineData("remove")]
    [InlineData("swap")]
    [InlineData("repeat")]
    [InlineData("nonsense")]
    public async Task The_first_broken_line_is_named(string mischief)
    {
        await AppendAsync(6);
        var lines = (await File.ReadAllLinesAsync(_path)).ToList();
        switch (mischief)
        {
            case "change":
                lines[2] = lines[2].Replace("\"attempts\":2", "\"attempts\":9", StringComparison.Ordinal);
                break;
            case "remove":
                lines.RemoveAt(2);
                break;
            case "swap":
                (lines[2], lines[3]) = (lines[3], lines[2]);
                break;
            case "repeat":
                lines.Insert(2, lines[1]);
                break;
            default:
                lines[2] = "what";
                break;
        }

        await File.WriteAllLinesAsync(_path, lines);
        var verdict = await VerifyAsync();
        Assert.Equal((2L, 3L), (verdict.Lines, verdict.FirstBroken));
        Assert.StartsWith("Line 3: ", verdict.Problem, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (Directory.Exists(Path.GetDirectoryName(_path)))
        {
            Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
        }
    }

    private async Task AppendAsync(int count)
    {
        var archive = new FileWorkArchive(_path);
        var ended = Enumerable.Range(0, count).Select(number => new EndedWork(
            new WorkSnapshot
            {
                Id = Guid.NewGuid(),
                Scope = "job/test",
                Type = "job/test",
                Input = new byte[number * 50_000],
                Status = WorkStatus.Done,
                DueAt = DateTimeOffset.UnixEpoch,
                ScheduledAt = DateTimeOffset.UnixEpoch,
                CreatedAt = DateTimeOffset.UnixEpoch,
                Epoch = 1,
                Attempts = number,
                Error = "Überschrift \u2028 \"",
            },
            [new WorkEvent { Name = "a", Number = 1, Detail = Encoding.UTF8.GetBytes("b") }])).ToList();
        await archive.AppendAsync(last => WorkArchive.Encode(ended, last), default);
    }

    private async Task<WorkArchiveVerdict> VerifyAsync()
    {
        await using var file = File.OpenRead(_path);
        return await WorkArchive.VerifyAsync(file, default);
    }
}
