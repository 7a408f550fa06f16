using System.Collections.Concurrent;

namespace Consistency.Kit.KeyShop;

/// <summary>A payment provider: it charges once per idempotency key, and remembers how often it was asked.</summary>
/// <remarks>Its books are files, which outlive a killed process.</remarks>
public sealed class Provider(string folder)
{
    private static readonly ConcurrentDictionary<string, Lock> Gates = new();

    public Guid Charge(string key)
    {
        Directory.CreateDirectory(folder);
        lock (Gates.GetOrAdd(key, _ => new Lock()))
        {
            var book = Path.Combine(folder, key);
            if (!File.Exists(book))
            {
                File.WriteAllText(book, Guid.NewGuid().ToString());
            }

            return Guid.Parse(File.ReadAllText(book));
        }
    }

    public int Charges => Directory.Exists(folder) ? Directory.GetFiles(folder).Length : 0;
}
