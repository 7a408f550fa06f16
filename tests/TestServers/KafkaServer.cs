using System.Globalization;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Consistency.Kit.TestServers.Internal;

namespace Consistency.Kit.TestServers;

/// <summary>A Kafka cluster: the one that the environment names, else librdkafka's mock cluster in a process of its own.</summary>
/// <remarks>
/// <para>
/// The mock speaks the real protocol over real sockets: idempotent and transactional producers, consumer groups with
/// committed offsets, metadata. What it does not do, seen with librdkafka 2.0:
/// </para>
/// <list type="bullet">
/// <item>It keeps 5 MB of batches a partition and silently drops the oldest: a test whose consumer falls further behind
/// needs more partitions or smaller messages.</item>
/// <item>The admin client's CreateTopics and DeleteTopics time out, because it names no controller. Topics are made with
/// <see cref="CreateTopicAsync"/> or <see cref="EnsureTopicAsync"/>; one that is only used (or asked about in metadata)
/// appears by itself with 4 partitions, and that number cannot be set.</item>
/// <item>A consumer group's first assignment takes about 3 s, and every later one about 5 s.</item>
/// <item>The log lives in its process: killed, it is gone, and a new cluster has other ports. For brokers that go away and
/// come back there are <see cref="CutAsync"/> (connections refused) and <see cref="PauseAsync"/> (nothing answers).</item>
/// </list>
/// </remarks>
public sealed class KafkaServer : IAsyncDisposable
{
    /// <summary>Names the bootstrap servers of a real cluster to use instead of the mock.</summary>
    public const string EnvironmentVariable = "CONSISTENCY_KAFKA";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly bool HasLibrary = NativeLibrary.TryLoad("librdkafka", typeof(Message<,>).Assembly, null, out _);
    private readonly ChildProcess? _host;
    private readonly SemaphoreSlim _oneCommand = new(1);

    private KafkaServer(ChildProcess? host, string bootstrapServers)
    {
        _host = host;
        BootstrapServers = bootstrapServers;
    }

    /// <summary>True when <see cref="StartAsync"/> can give a cluster on this machine.</summary>
    public static bool IsAvailable => MissingReason is null;

    /// <summary>What is missing and how to get it; null when nothing is.</summary>
    public static string? MissingReason => HasLibrary
        ? null
        : "librdkafka.so is not installed: it is the client's native library and hosts the mock cluster (Debian librdkafka-dev; eng/services.sh).";

    /// <summary>Where clients connect: <c>host:port</c>, comma separated.</summary>
    public string BootstrapServers { get; }

    /// <summary>True for a mock cluster, which can be paused, cut off and killed; false for one that the environment named.</summary>
    public bool IsMock => _host is not null;

    /// <summary>Ends the calling test when Kafka is missing: skipped on a desk, failed when <c>CI=true</c>.</summary>
    /// <exception cref="ServerMissingException">Kafka is missing.</exception>
    public static void Require()
    {
        if (MissingReason is { } reason)
        {
            throw new ServerMissingException(reason);
        }
    }

    /// <summary>Takes the cluster that <c>CONSISTENCY_KAFKA</c> names; starts a mock cluster when it names none.</summary>
    /// <param name="brokers">How many brokers a mock cluster has.</param>
    /// <param name="cancellationToken">Ends the wait for the start.</param>
    /// <exception cref="ServerMissingException">librdkafka is not installed.</exception>
    public static Task<KafkaServer> StartAsync(int brokers = 3, CancellationToken cancellationToken = default)
    {
        Require();
        return Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } external
            ? Task.FromResult(new KafkaServer(null, external))
            : StartMockAsync(brokers, cancellationToken);
    }

    /// <summary>Starts a mock cluster whatever the environment says: for tests that pause it, cut it off or kill it.</summary>
    /// <param name="brokers">How many brokers it has.</param>
    /// <param name="cancellationToken">Ends the wait for the start.</param>
    /// <exception cref="ServerMissingException">librdkafka is not installed.</exception>
    public static async Task<KafkaServer> StartMockAsync(int brokers = 3, CancellationToken cancellationToken = default)
    {
        Require();
        const string answer = "bootstrap=";
        var host = ChildProcess.StartDotnet(
            Path.Combine(AppContext.BaseDirectory, "MockKafka.dll"), [brokers.ToString(CultureInfo.InvariantCulture)]);
        try
        {
            var line = await host.WaitForLineAsync(
                line => line.StartsWith(answer, StringComparison.Ordinal), Patience, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new KafkaServer(host, line[answer.Length..]);
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Creates a topic with a name nobody else has.</summary>
    /// <param name="prefix">How its name begins.</param>
    /// <param name="partitions">How many partitions it has.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The topic's name.</returns>
    public async Task<string> CreateTopicAsync(string prefix, int partitions = 4, CancellationToken cancellationToken = default)
    {
        var topic = $"{prefix}-{Guid.NewGuid():N}";
        await EnsureTopicAsync(topic, partitions, cancellationToken).ConfigureAwait(false);
        return topic;
    }

    /// <summary>Creates a topic unless it exists; returns once it can be used. An existing one keeps its partitions.</summary>
    public async Task EnsureTopicAsync(string topic, int partitions = 4, CancellationToken cancellationToken = default)
    {
        if (_host is not null)
        {
            const string topicExists = "error 36 ";
            await CommandAsync(
                string.Create(CultureInfo.InvariantCulture, $"topic {topic} {partitions}"), accept: topicExists, cancellationToken).ConfigureAwait(false);
            return;
        }

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        try
        {
            await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions }])
                .WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
        }
        catch (CreateTopicsException exception) when (exception.Results.All(result => result.Error.Code is ErrorCode.TopicAlreadyExists or ErrorCode.NoError))
        {
            // It is there, which is what was asked for.
        }

        // The controller answers before every broker knows.
        await Eventually.UntilAsync(
            () => admin.GetMetadata(topic, Patience).Topics.Single().Partitions is { Count: > 0 } all && all.TrueForAll(partition => partition.Leader >= 0),
            Patience,
            $"topic {topic} has its leaders",
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Freezes all brokers: connections stay open and nothing answers.</summary>
    /// <exception cref="InvalidOperationException">The cluster is not a mock.</exception>
    public Task PauseAsync()
    {
        var own = Own();
        own.Stop();
        return Eventually.UntilAsync(() => Signals.IsStopped(own.Id), Patience, "the brokers stand still");
    }

    /// <summary>Lets paused brokers go on; they answer what has waited.</summary>
    /// <exception cref="InvalidOperationException">The cluster is not a mock.</exception>
    public Task ResumeAsync()
    {
        Own().Continue();
        return Task.CompletedTask;
    }

    /// <summary>Drops all connections and closes new ones at once, as if every broker were down. The log and the ports stay.</summary>
    /// <exception cref="InvalidOperationException">The cluster is not a mock.</exception>
    public Task CutAsync(CancellationToken cancellationToken = default) => CommandAsync("down", null, cancellationToken);

    /// <summary>Ends <see cref="CutAsync"/>: the brokers serve again what they had.</summary>
    /// <exception cref="InvalidOperationException">The cluster is not a mock.</exception>
    public Task RestoreAsync(CancellationToken cancellationToken = default) => CommandAsync("up", null, cancellationToken);

    /// <summary>Answers the next requests of one kind with an error instead of serving them.</summary>
    /// <param name="apiKey">The request's key in the protocol; 0 is Produce, 1 Fetch, 8 OffsetCommit.</param>
    /// <param name="error">What to answer.</param>
    /// <param name="count">How many requests, over all brokers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The cluster is not a mock.</exception>
    public Task FailRequestsAsync(int apiKey, ErrorCode error, int count, CancellationToken cancellationToken = default) =>
        CommandAsync(string.Create(CultureInfo.InvariantCulture, $"fail {apiKey} {(int)error} {count}"), null, cancellationToken);

    /// <summary>Lets every answer of every broker take this long; requests are served meanwhile.</summary>
    /// <param name="roundTrip">Zero ends the delay.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The cluster is not a mock.</exception>
    public Task DelayAsync(TimeSpan roundTrip, CancellationToken cancellationToken = default) =>
        CommandAsync(string.Create(CultureInfo.InvariantCulture, $"delay {(int)roundTrip.TotalMilliseconds}"), null, cancellationToken);

    /// <summary>Answers every question about a topic with an error, as if it did not exist or were forbidden; 0 ends that.</summary>
    /// <param name="topic">The topic; it is created when the cluster has no such topic.</param>
    /// <param name="error">What to answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The cluster is not a mock.</exception>
    public async Task FailTopicAsync(string topic, ErrorCode error, CancellationToken cancellationToken = default)
    {
        await EnsureTopicAsync(topic, cancellationToken: cancellationToken).ConfigureAwait(false);
        await CommandAsync(string.Create(CultureInfo.InvariantCulture, $"topic-error {topic} {(int)error}"), null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Kills the cluster for good with SIGKILL; its log is lost.</summary>
    /// <exception cref="InvalidOperationException">The cluster is not a mock.</exception>
    public Task KillAsync() => Own().KillAsync();

    /// <summary>Ends a mock cluster; leaves a cluster that the environment named alone.</summary>
    public ValueTask DisposeAsync()
    {
        _oneCommand.Dispose();
        return _host?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private ChildProcess Own() =>
        _host ?? throw new InvalidOperationException($"The cluster that {EnvironmentVariable} names is not ours to disturb; look at IsMock.");

    private async Task CommandAsync(string command, string? accept, CancellationToken cancellationToken)
    {
        var host = Own();
        await _oneCommand.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var answered = host.Lines.Count;
            await host.SendLineAsync(command).ConfigureAwait(false);
            var answer = await host.WaitForLineAsync(_ => true, Patience, answered, cancellationToken).ConfigureAwait(false);
            if (answer != "ok" && (accept is null || !answer.StartsWith(accept, StringComparison.Ordinal)))
            {
                throw new InvalidOperationException($"The mock cluster answered \"{answer}\" to \"{command}\".");
            }
        }
        finally
        {
            _oneCommand.Release();
        }
    }
}
