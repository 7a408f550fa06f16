namespace Consistency.Kit.Testing.Tests.Sagas;

/// <summary>Every participant in one: tells repeats by the key that it is given.</summary>
public sealed class FakeShop
{
    private readonly HashSet<string> _keys = [];

    public int Reserved { get; private set; }

    public int Coupons { get; private set; }

    public int Charged { get; private set; }

    public int Points { get; private set; }

    public List<string> Story { get; } = [];

    public void Reserve(string key, int quantity) => Once(key, () => Reserved += quantity);

    public void Release(string key, int quantity) => Once(key, () => Reserved -= quantity);

    public void TakeCoupon(string key) => Once(key, () => Coupons++);

    public void ReturnCoupon(string key) => Once(key, () => Coupons--);

    public void Charge(string key) => Once(key, () => Charged++);

    public void AddPoints(string key, int points) => Once(key, () => Points += points);

    public bool Knows(string key) => _keys.Contains(key);

    private void Once(string key, Action effect)
    {
        lock (_keys)
        {
            Story.Add(key);
            if (_keys.Add(key))
            {
                effect();
            }
        }
    }
}
