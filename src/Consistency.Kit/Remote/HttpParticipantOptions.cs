namespace Consistency.Kit.Remote;

/// <summary>How a participant on another service is called.</summary>
public sealed class HttpParticipantOptions
{
    /// <summary>How long one call may take, its answer's content included. Default: 10 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest answer that is read, in bytes; a longer one counts as none. Default: 65,536.</summary>
    public int MaxAnswerBytes { get; set; } = 64 * 1024;

    internal IEnumerable<string> Validate()
    {
        if (Timeout <= TimeSpan.Zero || Timeout.TotalMilliseconds > int.MaxValue)
        {
            yield return "HttpParticipantOptions: Timeout must be positive, and less than 25 days.";
        }

        if (MaxAnswerBytes is < 1 or > 64 * 1024 * 1024)
        {
            yield return "HttpParticipantOptions: MaxAnswerBytes must be between 1 and 64 MiB.";
        }
    }
}
