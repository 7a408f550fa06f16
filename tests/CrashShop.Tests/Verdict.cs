namespace Consistency.Kit.CrashShop.Tests;

/// <summary>What the database alone says about a shop's life.</summary>
public static class Verdict
{
    private static readonly string[] Consumers = ["follow", "record"];

    /// <summary>Everything that is wrong; empty when every published event had its effects once, in order, and nothing is left over.</summary>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(ShopDatabase database, int orders, int events)
    {
        var problems = new List<string>();
        var published = await database.QueryAsync("SELECT id, published FROM orders ORDER BY id", row => (Order: row.GetInt32(0), Count: row.GetInt32(1)));
        if (published.Count != orders || published.Any(order => order.Count != events))
        {
            problems.Add($"published: {published.Sum(order => order.Count)} events of {published.Count} orders instead of {orders * events} of {orders}");
        }

        var effects = await database.QueryAsync(
            "SELECT consumer, order_id, number FROM effects ORDER BY id", row => (Consumer: row.GetString(0), Order: row.GetInt32(1), Number: row.GetInt32(2)));
        foreach (var consumer in Consumers)
        {
            foreach (var (order, count) in published)
            {
                var numbers = effects.Where(effect => effect.Consumer == consumer && effect.Order == order).Select(effect => effect.Number).ToList();
                var lost = Enumerable.Range(0, count).Except(numbers).ToList();
                var twice = numbers.GroupBy(number => number).Where(group => group.Count() > 1).Select(group => group.Key).ToList();
                AddIf(lost.Count > 0, $"{consumer}, order {order}: lost {string.Join(' ', lost)}");
                AddIf(twice.Count > 0, $"{consumer}, order {order}: twice {string.Join(' ', twice)}");
                AddIf(!numbers.SequenceEqual(numbers.Order()), $"{consumer}, order {order}: out of order {string.Join(' ', numbers)}");
            }
        }

        foreach (var table in (string[])["consistency_outbox", "consistency_outbox_hold", "consistency_inbox_hold"])
        {
            var left = await database.CountAsync($"SELECT count(*) FROM {table}");
            AddIf(left > 0, $"{left} rows are left in {table}");
        }

        return problems;

        void AddIf(bool condition, string problem)
        {
            if (condition)
            {
                problems.Add(problem);
            }
        }
    }
}
