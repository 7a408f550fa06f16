using BenchmarkDotNet.Attributes;
using Consistency.Kit.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Benchmarks.Micro;

/// <summary>What a key adds to a request, without a server and without a database: a body of 100 bytes in, an answer of 200 out.</summary>
[MemoryDiagnoser]
public class IdempotencyBenchmark
{
    private static readonly byte[] Content = new byte[100];
    private static readonly byte[] Answer = new byte[200];

    private readonly Guid _seed = Guid.NewGuid();
    private WebApplication _app = null!;
    private Dictionary<string, Endpoint> _endpoints = null!;
    private int _number;

    [GlobalSetup]
    public void SetUp()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddConsistencyKit(kit => kit
            .AddIdempotencyStore(_ => new IdempotencyStore { Name = "memory", Claims = new ShortMemory(), IsShared = false })
            .AddIdempotencyStore(_ => new IdempotencyStore { Key = typeof(NoDb), Name = nameof(NoDb), Claims = new ShortMemory(), Atomic = new NoDb(), IsShared = false })
            .ConfigureIdempotencyKeys(options => options.AllowAnonymous()));
        _app = builder.Build();
        _app.MapPost("/plain", HandleAsync);
        _app.MapPost("/atomic", HandleAsync).RequireIdempotencyKey<NoDb>();
        _app.MapPost("/shared", HandleAsync).RequireIdempotencyKey();
        _app.MapPost("/replayed", HandleAsync).RequireIdempotencyKey();
        _endpoints = ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>().ToDictionary(endpoint => endpoint.RoutePattern.RawText!, Endpoint (endpoint) => endpoint);
        SendAsync("/replayed", "always-the-same").GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void CleanUp() => ((IDisposable)_app).Dispose();

    [Benchmark(Baseline = true)]
    public Task WithoutKey() => SendAsync("/plain", NewKey());

    [Benchmark]
    public Task Atomic() => SendAsync("/atomic", NewKey());

    [Benchmark]
    public Task Shared() => SendAsync("/shared", NewKey());

    [Benchmark]
    public Task Replayed() => SendAsync("/replayed", "always-the-same");

    private string NewKey()
    {
        // As cheap as a UUID can be.
        Span<byte> bytes = stackalloc byte[16];
        _seed.TryWriteBytes(bytes);
        BitConverter.TryWriteBytes(bytes, ++_number);
        return new Guid(bytes).ToString();
    }

    private async Task SendAsync(string path, string key)
    {
        var context = new DefaultHttpContext { RequestServices = _app.Services };
        context.Request.Method = HttpMethods.Post;
        context.Request.Path = path;
        context.Request.Headers["Idempotency-Key"] = key;
        context.Request.ContentLength = Content.Length;
        context.Request.Body = new OnceStream();
        var endpoint = _endpoints[path];
        context.SetEndpoint(endpoint);
        await endpoint.RequestDelegate!(context);
        if (context.Response.StatusCode != StatusCodes.Status201Created)
        {
            throw new InvalidOperationException($"{path} answered {context.Response.StatusCode}.");
        }
    }

    private static async Task HandleAsync(HttpContext context)
    {
        var buffer = new byte[128];
        while (await context.Request.Body.ReadAsync(buffer) > 0)
        {
        }

        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "application/json";
        context.Response.Headers.Location = "/orders/1";
        await context.Response.Body.WriteAsync(Answer);
    }

    /// <summary>Runs everything and remembers nothing: what is measured is what stands before it.</summary>
    private sealed class NoDb : IAtomicIdempotency
    {
        public async ValueTask<AtomicOutcome> ExecuteAsync(IServiceProvider scope, IdempotencyKey key, Func<IAtomicAttempt, CancellationToken, Task> work, CancellationToken cancellationToken)
        {
            var attempt = new Attempt();
            await work(attempt, cancellationToken);
            return new AtomicOutcome.Ran(attempt.Committed);
        }

        private sealed class Attempt : IAtomicAttempt
        {
            public bool OwnsTransaction => true;

            internal bool Committed { get; private set; }

            public ValueTask CommitAsync(Fingerprint fingerprint, ReadOnlyMemory<byte> answer, TimeSpan retention, CancellationToken cancellationToken)
            {
                Committed = true;
                return ValueTask.CompletedTask;
            }
        }
    }

    /// <summary>The memory store, emptied now and then: what it keeps is not the subject.</summary>
    private sealed class ShortMemory : IIdempotencyClaims
    {
        private MemoryIdempotency _memory = new(TimeProvider.System);
        private int _begun;

        public ValueTask<IdempotencyClaim> TryBeginAsync(IdempotencyRequest request, CancellationToken cancellationToken)
        {
            if (++_begun % 10_000 == 0 && request.Key.Operation != "POST /replayed")
            {
                _memory = new MemoryIdempotency(TimeProvider.System);
            }

            return _memory.TryBeginAsync(request, cancellationToken);
        }

        public ValueTask<bool> RenewAsync(AttemptLease lease, TimeSpan duration, CancellationToken cancellationToken) => _memory.RenewAsync(lease, duration, cancellationToken);

        public ValueTask<bool> SavePointsAsync(AttemptLease lease, ReadOnlyMemory<byte> points, CancellationToken cancellationToken) => _memory.SavePointsAsync(lease, points, cancellationToken);

        public ValueTask<bool> CompleteAsync(AttemptLease lease, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken) => _memory.CompleteAsync(lease, answer, cancellationToken);

        public ValueTask ReleaseAsync(AttemptLease lease, CancellationToken cancellationToken) => _memory.ReleaseAsync(lease, cancellationToken);
    }

    /// <summary>A body as it comes from the network: it can be read once.</summary>
    private sealed class OnceStream : MemoryStream
    {
        internal OnceStream()
            : base(Content, writable: false)
        {
        }

        public override bool CanSeek => false;
    }
}
