namespace Consistency.Kit.CrashShop.Tests;

/// <summary>A shop is killed in the middle of a request, started again, and asked for the same.</summary>
public abstract class IdempotencyCrashTests(string store)
{
    private const int Requests = 3;
    private const int Killed = 137;

    [Theory]
    [MemberData(nameof(CrashPointList.IdempotencyTheory), MemberType = typeof(CrashPointList))]
    public async Task A_crash_leaves_one_effect_and_one_answer_and_no_key_stuck(string point)
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        var crash = await database.RunAsync($"requests={Requests}", $"crash-at={point}", "hit=2");
        Assert.True(crash.ExitCode == Killed, $"The shop did not die at {point}; exit code {crash.ExitCode}.\n{crash.Output}");
        var answered = await AnswersAsync(database);
        Assert.Equal(point == "idempotency.committed" ? 3 : point == "idempotency.answered" ? 4 : answered.Count, answered.Count);

        var again = await database.RunAsync($"requests={Requests}");
        Assert.True(again.ExitCode == 0, $"The shop did not finish after the crash; exit code {again.ExitCode}.\n{again.Output}");

        // What was stored is what is told, byte for byte, and it is the result of the one run that had an effect.
        var answers = await AnswersAsync(database);
        Assert.Equal(2 * Requests, answers.Count);
        Assert.All(answered, answer => Assert.Contains(answer, answers));
        var told = again.Output.Split('\n').Where(line => line.StartsWith("answer ", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var effects = await database.QueryAsync(
            "SELECT consumer, order_id, number FROM effects WHERE consumer IN ('atomic', 'points')", row => $"answer {row.GetString(0)} {row.GetInt32(1)} {row.GetInt32(2)}");
        Assert.Equal(2 * Requests, effects.Count);
        Assert.Equal(effects.Order(StringComparer.Ordinal), told);
        Assert.Equal(answers.Select(answer => answer.Split(' ')[1]).Order(StringComparer.Ordinal), effects.Select(effect => effect.Split(' ')[3]).Order(StringComparer.Ordinal));

        var messages = await database.QueryAsync("SELECT order_id FROM effects WHERE consumer = 'record'", row => row.GetInt32(0));
        Assert.Equal(Enumerable.Range(0, Requests), messages.Order());
    }

    /// <summary>Each stored answer with its key.</summary>
    private static Task<List<string>> AnswersAsync(ShopDatabase database) => database.QueryAsync(
        "SELECT key, answer FROM consistency_idempotency WHERE answer IS NOT NULL",
        row => $"{Convert.ToHexString((byte[])row.GetValue(0))} {System.Text.Encoding.UTF8.GetString((byte[])row.GetValue(1))}");
}

public sealed class SqliteIdempotencyCrashTests() : IdempotencyCrashTests("sqlite");

public sealed class PostgresIdempotencyCrashTests() : IdempotencyCrashTests("postgres");
