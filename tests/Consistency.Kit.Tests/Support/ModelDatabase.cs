using Consistency.Kit.Messaging;

namespace Consistency.Kit.Tests.Support;

/// <summary>
/// A reference model of an outbox on a database with concurrent writers: a writer locks the table, takes positions, and commits or
/// rolls back. What it committed is visible, and it is listed no more, a moment before the next writer of its keys can begin.
/// </summary>
internal sealed class ModelDatabase(Random random, int shards, int keys)
{
    private readonly Dictionary<string, Writer> _writers = [];
    private readonly int[] _committed = new int[keys];
    private readonly bool[] _locked = new bool[keys];
    private long _lastPosition;
    private int _lastWriter;

    internal List<Row> Rows { get; } = [];

    internal TimeSpan Now { get; set; }

    internal long LastPosition => _lastPosition;

    /// <summary>Whether new writers come.</summary>
    internal bool IsOpen { get; set; } = true;

    internal bool IsQuiet => _writers.Count == 0;

    internal IReadOnlySet<string> Listing => _writers.Values.Where(writer => writer.State == RowState.Open).Select(writer => writer.Id).ToHashSet();

    internal List<Row> Visible(int shard, long after) =>
        [.. Rows.Where(row => row.State == RowState.Committed && row.Shard == shard && row.Position > after).OrderBy(row => row.Position)];

    /// <summary>Lets the writers do a few steps.</summary>
    internal void Run(int most)
    {
        for (var steps = random.Next(most + 1); steps > 0; steps--)
        {
            Step();
        }
    }

    private void Step()
    {
        if (IsOpen && _writers.Count < 6 && random.Next(3) == 0)
        {
            Begin();
            return;
        }

        if (_writers.Count == 0)
        {
            return;
        }

        var writer = _writers.Values.ElementAt(random.Next(_writers.Count));
        switch (writer.State)
        {
            case RowState.Open when writer.Keys.Count > 0 && random.Next(2) == 0:
                Publish(writer);
                break;
            case RowState.Open when IsOpen && Now < writer.StaysUntil:
                break;
            case RowState.Open:
                End(writer);
                break;
            default:
                // The lock goes after the commit became visible.
                _writers.Remove(writer.Id);
                writer.Keys.ForEach(key => _locked[key] = false);
                break;
        }
    }

    private void Begin()
    {
        var writer = new Writer($"w{++_lastWriter}")
        {
            // Some stay long, and some write their first position late.
            StaysUntil = random.Next(8) == 0 ? Now + TimeSpan.FromSeconds(1 + random.Next(8)) : Now,
        };
        foreach (var key in Enumerable.Range(0, keys).Where(key => !_locked[key] && random.Next(keys) < 2))
        {
            _locked[key] = true;
            writer.Keys.Add(key);
        }

        _writers.Add(writer.Id, writer);
    }

    private void Publish(Writer writer)
    {
        var key = writer.Keys[random.Next(writer.Keys.Count)];
        var number = _committed[key] + writer.Rows.Count(row => row.Key == key);
        var row = new Row(++_lastPosition, key % shards, key, number);
        writer.Rows.Add(row);
        Rows.Add(row);
    }

    private void End(Writer writer)
    {
        writer.State = random.Next(5) == 0 ? RowState.RolledBack : RowState.Committed;
        foreach (var row in writer.Rows)
        {
            row.State = writer.State;
            row.VisibleSince = Now;
            _committed[row.Key] += writer.State == RowState.Committed ? 1 : 0;
        }
    }

    internal enum RowState
    {
        Open,
        Committed,
        RolledBack,
        Deleted,
    }

    internal sealed class Row(long position, int shard, int key, int number)
    {
        internal long Position => position;

        internal int Shard => shard;

        internal int Key => key;

        /// <summary>Counts the committed rows of the key.</summary>
        internal int Number => number;

        internal RowState State { get; set; }

        internal TimeSpan VisibleSince { get; set; }

        internal OutboxRecord Record { get; } = new(shard, position, new TransportMessage
        {
            Id = Guid.NewGuid(),
            Type = "t",
            Topic = "topic",
            Key = key.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Payload = BitConverter.GetBytes(number),
        });
    }

    private sealed class Writer(string id)
    {
        internal string Id => id;

        internal RowState State { get; set; }

        internal TimeSpan StaysUntil { get; init; }

        internal List<int> Keys { get; } = [];

        internal List<Row> Rows { get; } = [];
    }
}
