namespace Consistency.Kit.Work;

/// <summary>How durable work is driven. Set with <c>kit.ConfigureWork(…)</c>.</summary>
public sealed class WorkOptions
{
    /// <summary>Whether this process drives work; a process that only adds some may say no. Default: true.</summary>
    public bool Run { get; set; } = true;

    /// <summary>
    /// How many pieces of work of one store this process drives at the same time: so many jobs, so many sagas and so many ends of
    /// transactions, because jobs may wait for sagas, and both for transactions. Default: 32.
    /// </summary>
    public int MaxConcurrency { get; set; } = 32;

    /// <summary>How many of each of them this process holds, those that wait for their moment included. Default: 1,000.</summary>
    public int QueueCapacity { get; set; } = 1_000;

    /// <summary>How long this process may be silent before others take its work; renewed at each third. Default: 30 seconds.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often an idle process looks for work that others left; its own commits wake it at once. Default: 1 second.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long due work whose type no living process knows is left alone before it is parked. Default: 10 minutes.</summary>
    public TimeSpan UnknownTypeGrace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>After how many processes in a row that took the work and were not heard of again it is parked. Default: 10.</summary>
    public int MaxTakeOvers { get; set; } = 10;

    /// <summary>How long ended work and its history are kept. Default: 30 days.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often ended work past its retention is exported and collected. Default: 5 minutes.</summary>
    public TimeSpan CollectInterval { get; set; } = TimeSpan.FromMinutes(5);

    internal IEnumerable<string> Validate()
    {
        if (Lease < TimeSpan.FromSeconds(1) || Lease > TimeSpan.FromHours(1))
        {
            yield return "WorkOptions: Lease must be between a second and an hour.";
        }

        if (MaxConcurrency < 1 || QueueCapacity < MaxConcurrency)
        {
            yield return "WorkOptions: MaxConcurrency must be at least 1 and QueueCapacity at least MaxConcurrency.";
        }

        if (PollInterval < TimeSpan.FromMilliseconds(10) || PollInterval > Lease)
        {
            yield return "WorkOptions: PollInterval must be between 10 milliseconds and Lease.";
        }

        if (UnknownTypeGrace < TimeSpan.FromSeconds(1) || MaxTakeOvers < 1)
        {
            yield return "WorkOptions: UnknownTypeGrace must be at least a second and MaxTakeOvers at least 1.";
        }

        if (Retention < TimeSpan.Zero || CollectInterval <= TimeSpan.Zero)
        {
            yield return "WorkOptions: Retention must not be negative and CollectInterval must be positive.";
        }
    }
}
