using Consistency.Kit.Conformance.Tcc;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Tcc;
using Consistency.Kit.Tcc.Internal;
using Consistency.Kit.Tests.Support;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consistency.Kit.Tests.Tcc;

/// <summary>
/// The coordinator itself, with one branch and with two: every fault of every call, and its process dead before or after every write and
/// every call; then other instances bring the transaction to its end, and late copies of everything arrive.
/// </summary>
public sealed class CoordinatorExplorationTests
{
    private const int MostPoints = 40;

    private static readonly TccBranch<int, int> Branch = new("branch");
    private static readonly TccFault[] TryFaults = [TccFault.None, TccFault.RequestLost, TccFault.ReplyLost, TccFault.Refused];
    private static readonly TccFault[] EndFaults = [TccFault.None, TccFault.RequestLost, TccFault.ReplyLost];
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, false, false)]
    [InlineData(2, true, false)]
    [InlineData(1, false, true)]
    [InlineData(2, false, true)]
    [InlineData(2, true, true)]
    public async Task Whatever_is_lost_and_whoever_dies_or_freezes_all_branches_end_alike(int branches, bool parallel, bool freezes)
    {
        var runs = 0;
        foreach (var tries in Choices(TryFaults, branches))
        {
            foreach (var ends in Choices(EndFaults, branches))
            {
                // Nobody dies at a point that is not reached: there the scenario has run through.
                for (var death = 0; death < MostPoints; death++)
                {
                    runs++;
                    using var scenario = new Scenario(branches, parallel, tries, ends, death) { Freezes = freezes };
                    if (!await scenario.RunAsync())
                    {
                        break;
                    }
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{runs} runs");
        Assert.InRange(runs, 60, 100_000);
    }

    private static IEnumerable<TccFault[]> Choices(TccFault[] faults, int branches) => branches == 1
        ? faults.Select(fault => new[] { fault })
        : from first in faults from second in faults select new[] { first, second };

    private sealed class Scenario : IDisposable
    {
        private readonly int _branches;
        private readonly bool _parallel;
        private readonly FakeTime _time = new();
        private readonly TccNetwork _network = new();
        private readonly HttpClient _http;
        private readonly ServiceProvider _services;
        private readonly Mortality _mortality;
        private readonly WorkStore _store;
        private readonly TccOptions _options = new() { TryRetry = new RetryPolicy { MaxAttempts = 1 }, Retry = new RetryPolicy { BaseDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero } };
        private readonly string _name;

        internal Scenario(int branches, bool parallel, TccFault[] tries, TccFault[] ends, int death)
        {
            (_branches, _parallel) = (branches, parallel);
            _name = $"tries {string.Join(',', tries)}, ends {string.Join(',', ends)}, death at {death}";
            _mortality = new Mortality(death);
            _network.OnCall = (_, _) => _mortality.PassAsync();
            for (var branch = 0; branch < branches; branch++)
            {
                _network.Next($"t/{branch + 1:00} try", tries[branch]).Next($"t/{branch + 1:00} confirm", ends[branch]).Next($"t/{branch + 1:00} cancel", ends[branch]);
            }

            _http = new HttpClient(_network, disposeHandler: false);
            _services = new ServiceCollection().AddSingleton<TimeProvider>(_time).BuildServiceProvider();
            _store = MemoryWork.CreateStore(_services, _time);
        }

        /// <summary>Whether its process goes on where it stood, when the others have brought the transaction to its end.</summary>
        internal bool Freezes { get; init; }

        /// <returns>False when nobody died.</returns>
        internal async Task<bool> RunAsync()
        {
            var running = await TryAsync();
            await EndAsync();
            if (Freezes && _mortality.IsDead)
            {
                _mortality.Thaw();
                await ToldAsync(running);
                await EndAsync();
            }

            if (await CoordinatorOn(_store).FindAsync("t", default) is not { } found)
            {
                Check(_mortality.IsDead && _network.Calls.Count == 0, "a transaction is gone");
                return true;
            }

            if (Freezes || !_mortality.IsDead)
            {
                var outcome = await ToldAsync(running);

                // What the caller was told is what it is.
                Check(outcome.IsConfirmed == found.IsConfirmed, $"the caller was told {outcome}, and it is {found}");
            }

            Check(found.Status == (found.IsConfirmed ? TccStatus.Confirmed : TccStatus.Cancelled), $"it ends {found}");
            Balance(found);
            Check(!_network.Calls.Any(call => call.EndsWith("OutOfOrder", StringComparison.Ordinal)), "the coordinator sent a call out of order");
            _network.Replay();
            Balance(found);
            return _mortality.IsDead;
        }

        public void Dispose()
        {
            _http.Dispose();
            _network.Dispose();
            _services.Dispose();
        }

        private async Task<Task<TccOutcome>> TryAsync()
        {
            var running = CoordinatorOn(_mortality.Wrap(_store)).RunAsync(
                "t",
                async (scope, token) =>
                {
                    if (_parallel)
                    {
                        await Task.WhenAll(Enumerable.Range(0, _branches).Select(_ => scope.TryAsync(Branch, 1, token)));
                        return;
                    }

                    for (var branch = 0; branch < _branches; branch++)
                    {
                        await scope.TryAsync(Branch, 1, token);
                    }
                },
                default);

            // A transaction that was handed over is waited for by its caller; the engine is played below.
            var rested = _mortality.Rested.Task;
            await Task.WhenAny(running, _mortality.Died.Task, rested).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
            return running;
        }

        private async Task<TccOutcome> ToldAsync(Task<TccOutcome> running)
        {
            for (var waits = 0; !running.IsCompleted && waits < 2_000; waits++)
            {
                await RoundAsync(TimeSpan.FromSeconds(1));
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }

            return await running.WaitAsync(TimeSpan.Zero);
        }

        /// <summary>Another instance, as its engine does it.</summary>
        private async Task EndAsync()
        {
            _mortality.IsOver = true;
            for (var round = 0; round < 10; round++)
            {
                await RoundAsync(Lease + TimeSpan.FromSeconds(1));
            }
        }

        private async Task RoundAsync(TimeSpan passes)
        {
            _time.Advance(passes);
            var claimed = (await _store.Claims.ClaimAsync(new WorkClaimRequest { Owner = "other", Lease = Lease, Types = ["tcc"], Limit = 10 }, default)).Claimed;
            foreach (var work in claimed)
            {
                try
                {
                    await new TccKind(Catalog(), null, _options, Post(), new EndsOf<string>(), _time, NullLogger.Instance).RunAsync(new WorkRun(work, _store, default, default), default);
                }
                catch (TccUnfinishedException)
                {
                    // Asked again when the lease is over.
                }
            }
        }

        private void Balance(TccOutcome found)
        {
            var registered = _network.Calls.Select(call => call.Split(' ')[0]).Distinct().Count();
            for (var branch = 1; branch <= _branches; branch++)
            {
                var account = _network.AccountOf("t", $"{branch:00}");
                Check(account == (found.IsConfirmed ? new BarrierAccount(99, 0, 1) : new BarrierAccount(100, 0, 0)), $"branch {branch} holds {account}");
            }

            Check(!found.IsConfirmed || registered == _branches, "a branch that was not tried is confirmed");
        }

        private void Check(bool holds, string what) => Assert.True(holds, $"{_name}: {what}.\n{string.Join('\n', _network.Calls)}");

        private TccCoordinator CoordinatorOn(WorkStore store) =>
            new(store, Catalog(), _options, new WorkOptions { Lease = Lease }, new KitJson([TccJson.Default]), Post(), new EndsOf<string>(), _time, NullLogger.Instance);

        private TccPost Post() => new(null, new EndsOf<string>(), _time);

        private TccCatalog Catalog()
        {
            var builder = new TccBuilder().AddBranch(Branch, branch => branch.Http(TccNetwork.AddressOf("branch"), _ => _http));
            return new TccCatalog(builder.Branches, _services);
        }
    }
}
