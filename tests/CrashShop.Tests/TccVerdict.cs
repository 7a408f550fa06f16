namespace Consistency.Kit.CrashShop.Tests;

/// <summary>What both sides of TCCs hold in the end: what was available is available, frozen or spent, and nothing is frozen.</summary>
internal static class TccVerdict
{
    internal const int Transactions = 4;
    private const int Done = 1;
    private const int Compensated = 7;

    internal static async Task CheckAsync(ShopDatabase coordinator, ShopDatabase wallet)
    {
        var statuses = await coordinator.QueryAsync("SELECT work_key, status FROM consistency_work WHERE scope = 'tcc' ORDER BY work_key", row => (Id: row.GetString(0), Status: row.GetInt32(1)));
        Assert.Equal(Transactions, statuses.Count);
        var effects = await EffectsAsync(coordinator);
        if (wallet != coordinator)
        {
            effects.AddRange(await EffectsAsync(wallet));
        }

        foreach (var (id, status) in statuses)
        {
            Assert.True(status is Done or Compensated, $"{id} has status {status}.");

            // The third is refused by its wallet; any other may have been cancelled by a crash, but none twice and none in part.
            Assert.False(status == Done && id == "2");
            foreach (var branch in (string[])["stock", "wallet"])
            {
                var happened = string.Join(' ', effects.Where(effect => effect.Id == id && effect.Branch == branch).Select(effect => effect.What));
                Assert.True(status == Done ? happened == "try confirm" : happened is "" or "try cancel", $"{id}, status {status}: {branch} did '{happened}'.");
            }
        }

        Assert.Contains(statuses, one => one.Status == Done);
        Assert.Contains(statuses, one => one.Status == Compensated);
    }

    private static async Task<List<(string Id, string Branch, string What)>> EffectsAsync(ShopDatabase database) => await database.QueryAsync(
        "SELECT consumer, order_id FROM effects ORDER BY id",
        row => (row.GetInt32(1).ToString(System.Globalization.CultureInfo.InvariantCulture), row.GetString(0).Split('/')[0], row.GetString(0).Split('/')[1]));
}
