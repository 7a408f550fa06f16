using System.Net;
using System.Text;
using Consistency.Kit.Tcc;

namespace Consistency.Kit.Conformance.Tcc;

/// <summary>Participants in memory behind a network that loses, delays and repeats: what an HTTP client sends through it, each branch on an account of its own.</summary>
public sealed class TccNetwork : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, BarrierModel> _branches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<TccFault>> _faults = new(StringComparer.Ordinal);
    private readonly List<(string Branch, BranchOperation Operation)> _sent = [];
    private readonly List<string> _calls = [];

    /// <summary>Where a participant of this name is.</summary>
    public static Uri AddressOf(string participant) => new($"http://{participant}.test/branch");

    /// <summary>Called with each call before it is answered, for example <c>order-1/01 try</c>.</summary>
    public Func<string, CancellationToken, Task>? OnCall { get; set; }

    /// <summary>The calls so far and what the barrier made of them, for example <c>order-1/01 try Done</c>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>What becomes of the next copies of a call, one after the other; later ones arrive.</summary>
    /// <param name="call">For example <c>order-1/01 confirm</c>.</param>
    /// <param name="faults">The faults.</param>
    public TccNetwork Next(string call, params IEnumerable<TccFault> faults)
    {
        lock (_gate)
        {
            _faults[call] = new Queue<TccFault>(faults);
        }

        return this;
    }

    /// <summary>What a branch of a transaction holds; it began with 100 available.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="branch">The branch's id.</param>
    public BarrierAccount AccountOf(string transaction, string branch)
    {
        lock (_gate)
        {
            return _branches.TryGetValue($"{transaction}/{branch}", out var model) ? model.Account : new BarrierAccount(100, 0, 0);
        }
    }

    /// <summary>Delivers a late copy of everything that was ever sent, the newest first.</summary>
    public void Replay()
    {
        lock (_gate)
        {
            foreach (var (branch, operation) in Enumerable.Reverse(_sent))
            {
                _branches.TryAdd(branch, new BarrierModel());
                _branches[branch].Run(new BarrierStep(0, operation, Dies: false));
            }
        }
    }

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var query = request.RequestUri!.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);
        var branch = $"{query["gid"]}/{query["branch_id"]}";
        var call = $"{branch} {query["op"]}";
        if (OnCall is { } told)
        {
            await told(call, cancellationToken);
        }

        lock (_gate)
        {
            var operation = Enum.Parse<BranchOperation>(query["op"], ignoreCase: true);
            _sent.Add((branch, operation));
            var fault = _faults.TryGetValue(call, out var faults) && faults.TryDequeue(out var next) ? next : TccFault.None;
            var outcome = fault is TccFault.None or TccFault.ReplyLost ? Run(branch, operation) : fault.ToString();
            _calls.Add($"{call} {outcome}");
            return fault is TccFault.RequestLost or TccFault.ReplyLost
                ? throw new HttpRequestException($"{fault}.")
                : Answer(outcome);
        }
    }

    private static HttpResponseMessage Answer(string outcome)
    {
        var (status, body) = outcome switch
        {
            "Done" or "Repeated" or "Empty" => (200, "{\"dtm_result\":\"SUCCESS\",\"result\":1}"),
            "Superseded" => (409, "{\"dtm_result\":\"FAILURE\",\"outcome\":\"superseded\"}"),
            "Refused" => (409, "{\"dtm_result\":\"FAILURE\",\"reason\":\"no\"}"),
            "Running" => (425, "{\"dtm_result\":\"ONGOING\"}"),
            "OutOfOrder" => (412, "{\"outcome\":\"out-of-order\"}"),
            _ => (500, "{}"),
        };
        return new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }

    private string Run(string branch, BranchOperation operation)
    {
        _branches.TryAdd(branch, new BarrierModel());
        return _branches[branch].Run(new BarrierStep(0, operation, Dies: false));
    }
}
