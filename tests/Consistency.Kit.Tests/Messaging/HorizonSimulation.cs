using Consistency.Kit.Messaging;
using Consistency.Kit.Messaging.Internal;
using Consistency.Kit.Tests.Support;

namespace Consistency.Kit.Tests.Messaging;

/// <summary>What a reader must not do, one at a time: each of these loses or reorders messages.</summary>
public enum Mistake
{
    None,
    ListsBeforeReading,
    AsksForTheLastPositionAfterListing,
    TrustsTheReadItself,
    DoesNotRewind,
    SendsBeforeItRewinds,
    MovesMarksBesideLongWriters,
    ReadsFromTheCursor,
}

/// <summary>A reader on the model database, reading as the relay does, with deaths and take-overs; checks each promise at each step.</summary>
internal sealed class HorizonSimulation
{
    private const int Shards = 3;
    private const int Keys = 7;
    private const int SmallPage = 15;
    private const int LargePage = 75;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Bearable = TimeSpan.FromSeconds(3);

    private readonly Random _random;
    private readonly ModelDatabase _database;
    private readonly Mistake _mistake;
    private readonly int _pageSize;
    private readonly long[] _marks = new long[Shards];
    private readonly int[] _sent = new int[Keys];
    private readonly HashSet<long> _known = [];
    private WriterHorizon _horizon = null!;
    private ShardState[] _shards = [];

    private HorizonSimulation(int seed, Mistake mistake)
    {
#pragma warning disable CA5394 // Repeatable by its seed.
        _random = new Random(seed);
#pragma warning restore CA5394
        _database = new ModelDatabase(_random, Shards, Keys);
        _mistake = mistake;
        _pageSize = seed % 2 == 0 ? LargePage : SmallPage;
        Start();
    }

    /// <summary>Runs until everything is sent.</summary>
    /// <returns>The first promise that was broken; null when all were kept.</returns>
    internal static string? Run(int seed, Mistake mistake = Mistake.None)
    {
        try
        {
            new HorizonSimulation(seed, mistake).Run();
            return null;
        }
        catch (BrokenPromiseException broken)
        {
            return $"seed {seed}: {broken.Message}";
        }
    }

    private void Run()
    {
        for (var round = 0; round < 400; round++)
        {
            _database.IsOpen = round < 300;
            _database.Run(12);
            Read();
            Check();
            switch (_random.Next(12))
            {
                case 0:
                    MoveMarks();
                    break;
                case 1:
                    Start();
                    break;
                case > 6:
                    Delete();
                    break;
                default:
                    break;
            }
        }

        Require(_database.IsQuiet, "the model did not come to rest");
        Require(_database.Rows.All(row => row.State != ModelDatabase.RowState.Committed || _known.Contains(row.Position)), "a message was never sent");
    }

    /// <summary>A new owner begins at the marks, with no memory.</summary>
    private void Start()
    {
        foreach (var shard in _shards)
        {
            shard.Dispose();
        }

        _horizon = new WriterHorizon(WriterVisibility.Listed, Patience);
        _shards = [.. Enumerable.Range(0, Shards).Select(shard => new ShardState(new ShardLease(shard, 1, _marks[shard]), CancellationToken.None))];
    }

    /// <summary>The same steps as in the relay, with the writers busy between any two of them.</summary>
    private void Read()
    {
        var settled = _horizon.Settled;
        var early = _mistake == Mistake.ListsBeforeReading ? List() : null;
        _database.Run(4);
        var page = Page();
        _database.Run(4);
        var listing = early ?? List();
        _database.Now += TimeSpan.FromMilliseconds(_random.Next(300));
        var longOneEnded = _horizon.Observe(listing, _database.Now) && _mistake != Mistake.DoesNotRewind;
        settled = _mistake == Mistake.TrustsTheReadItself ? _horizon.Settled : settled;
        var taking = _shards.Where(shard => !longOneEnded || shard.ReadAfter <= shard.Mark || _mistake == Mistake.SendsBeforeItRewinds).ToList();
        page.Where(row => taking.Exists(shard => shard.Shard == row.Shard)).ToList().ForEach(row => Send(_shards[row.Shard], row));
        var isCutOff = page.Count >= _pageSize;
        var last = page.Count > 0 ? page[^1].Position : 0;
        taking.ForEach(shard => shard.Advance(settled, isCutOff ? last : Math.Max(last, settled), isCutOff));

        foreach (var shard in longOneEnded ? _shards : [])
        {
            shard.RewindToMark();
        }
    }

    private List<ModelDatabase.Row> Page() =>
    [
        .. _shards
            .SelectMany(shard => _database.Visible(shard.Shard, _mistake == Mistake.ReadsFromTheCursor ? shard.Cursor : shard.ReadAfter)
                .Where(row => !shard.InFlight.Contains(row.Position)))
            .OrderBy(row => row.Position)
            .Take(_pageSize),
    ];

    private WriterListing List()
    {
        var writers = _mistake == Mistake.AsksForTheLastPositionAfterListing ? _database.Listing : null;
        if (writers is not null)
        {
            _database.Run(40);
        }

        var last = _database.LastPosition;
        _database.Run(4);
        return new WriterListing(last, writers ?? _database.Listing);
    }

    private void Send(ShardState shard, ModelDatabase.Row row)
    {
        shard.InFlight.Add(row.Position);
        if (!_known.Add(row.Position))
        {
            return;
        }

        Require(row.Number == _sent[row.Key], $"message {row.Number} of key {row.Key} was sent where {_sent[row.Key]} was due");
        _sent[row.Key]++;
        var waited = _database.Now - row.VisibleSince;

        // Small pages fall behind by their size alone.
        Require(waited < Bearable || _pageSize == SmallPage, $"message {row.Number} of key {row.Key} waited for {waited} after its commit");
    }

    private void MoveMarks()
    {
        var limit = _mistake == Mistake.MovesMarksBesideLongWriters ? long.MaxValue : _horizon.MarkLimit;
        foreach (var shard in _shards)
        {
            _marks[shard.Shard] = Math.Max(_marks[shard.Shard], shard.MoveMark(limit).Position);
        }
    }

    private void Delete()
    {
        foreach (var row in _database.Rows.Where(row => row.State == ModelDatabase.RowState.Committed && _shards[row.Shard].InFlight.Contains(row.Position) && _random.Next(2) == 0))
        {
            row.State = ModelDatabase.RowState.Deleted;
            _shards[row.Shard].InFlight.Remove(row.Position);
        }
    }

    private void Check() => Require(
        _database.Rows.All(row => row.State != ModelDatabase.RowState.Committed || row.Position > _marks[row.Shard] || _known.Contains(row.Position)),
        "a mark has passed a message that was not sent");

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new BrokenPromiseException(otherwise);
        }
    }

    private sealed class BrokenPromiseException(string message) : Exception(message);
}
