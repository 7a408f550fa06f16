namespace Consistency.Kit.Scheduling.Internal;

/// <summary>One registered type of job.</summary>
internal sealed class JobType(
    string name,
    Type clrType,
    Type? storeKey,
    Func<object, byte[]> write,
    Func<ReadOnlyMemory<byte>, object> read,
    Func<IServiceProvider, object, JobContext, CancellationToken, Task<JobOutcome>> run)
{
    internal string Name => name;

    internal string Scope { get; } = "job/" + name;

    internal Type ClrType => clrType;

    internal Type? StoreKey => storeKey;

    internal byte[] Write(object job) => write(job);

    internal object Read(ReadOnlyMemory<byte> input) => read(input);

    internal Task<JobOutcome> RunAsync(IServiceProvider services, object job, JobContext context, CancellationToken cancellationToken) => run(services, job, context, cancellationToken);
}
