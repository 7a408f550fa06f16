using System.Globalization;
using Consistency.Kit.Work;
using Shop.Drills;

namespace Shop.Archives;

/// <summary>Checks an archive of ended work, line by line, against its chain of hashes.</summary>
internal static class VerifyArchiveCommand
{
    internal const string Name = "verify-archive";

    internal static async Task<int> RunAsync(string path)
    {
        FileStream archive;
        try
        {
            archive = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Usage.Refuse($"The archive cannot be read: {exception.Message}");
        }

        await using (archive)
        {
            var verdict = await WorkArchive.VerifyAsync(archive, CancellationToken.None);
            Console.WriteLine(verdict.IsWhole
                ? string.Create(CultureInfo.InvariantCulture, $"Whole: {verdict.Lines:N0} lines. Last hash: {verdict.LastHash}")
                : string.Create(CultureInfo.InvariantCulture, $"BROKEN after {verdict.Lines:N0} good lines. {verdict.Problem}"));
            return verdict.IsWhole ? Usage.Success : Usage.Broken;
        }
    }
}
