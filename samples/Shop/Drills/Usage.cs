using Consistency.Kit.TestServers;
using Shop.Sabotages;

namespace Shop.Drills;

/// <summary>What the program can do, in words.</summary>
internal static class Usage
{
    internal const int Success = 0;

    internal const int Broken = 1;

    internal const int BadArguments = 2;

    internal static int Print()
    {
        Console.WriteLine(
            """
            The drill sends orders and payments over HTTP, many of them twice, to a shop that
            takes each order to its end by messages, by a saga or by a TCC (stock,
            bill, payment, shipping, points), disturbs it and kills it, and then proves from the
            database that nothing was lost and nothing happened twice.

              dotnet run --project samples/Shop -- drill [options]

              --orders N           orders to place                          (2000)
              --kills K            times the worker process gets SIGKILL    (5)
              --store NAME         sqlite or postgres                       (sqlite)
              --transport NAME     inprocess or kafka                       (inprocess)
              --checkout NAME      messages, saga or tcc                    (messages)
              --stock NAME         memory, database or redis                (database)
              --connection TEXT    connection string of an empty database
              --bootstrap TEXT     Kafka servers, host:port
              --redis TEXT         Redis server, host:port
              --sabotage NAME      switch a guarantee off: the drill must fail
                                   ('--sabotage list' lists the names)
              --seed N             repeat a drill with the same decisions   (random)
              --keep               keep the SQLite file

              dotnet run --project samples/Shop -- verify-archive FILE

            checks an archive of ended work against its chain of hashes.

            The payments drill takes payments from a simulated provider at its worst: callbacks
            lost, doubled, forged and late, customers who pay twice or after the close, the
            worker killed; then it compares the database with the provider's books.

              dotnet run --project samples/Shop -- payments [options]

              --orders N           orders to place                          (10000)
              --kills K            times the worker process gets SIGKILL    (3)
              --sabotage NAME      switch a guarantee off: the drill must fail
                                   ('--sabotage list' lists the names)
              --store, --transport, --connection, --bootstrap, --seed and --keep
                                   as above

            The flash sale sells a few pieces to a crowd that clicks twice, does not pay, and wants
            more than it may have, while sellers and Redis are killed; then it settles the account
            of every piece.

              dotnet run --project samples/Shop -- sale [options]

              --items N            pieces of each of the two items          (100)
              --buyers N           buyers                                   (20000)
              --stock NAME         memory, database or redis                (database)
              --store NAME         sqlite or postgres, for the orders       (sqlite)
              --connection TEXT    connection string of an empty database
              --redis TEXT         Redis server, host:port
              --kills K            times a seller gets SIGKILL              (4)
                                   (0 with memory: the stock dies with its seller)
              --losses K           times Redis is killed and comes back     (1)
                                   empty; with a private Redis only
              --hold SECONDS       how long an unpaid cart is held          (3)
              --sabotage NAME      switch a guarantee off: the sale must fail
                                   ('--sabotage list' lists the names)
              --seed N             the same buyers                          (random)

            Without --connection, --bootstrap or --redis private servers are started.
            Exit code: 0 every invariant holds, 1 one is broken, 2 bad arguments.
            """);
        return Success;
    }

    internal static int PrintSabotages((string Name, Sabotage Sabotage, string Effect)[] sabotages) => PrintSabotages(sabotages.Select(item => (item.Name, item.Effect)));

    internal static int PrintSabotages(IEnumerable<(string Name, string Effect)> sabotages)
    {
        Console.WriteLine("Each switches one guarantee off, and it must be noticed:");
        Console.WriteLine();
        foreach (var sabotage in sabotages)
        {
            Console.WriteLine($"  {sabotage.Name,-12} {sabotage.Effect}");
        }

        return Success;
    }

    internal static int Refuse(string problem)
    {
        Console.Error.WriteLine(problem);
        Console.Error.WriteLine("See: dotnet run --project samples/Shop -- --help");
        return BadArguments;
    }

    /// <summary>Says why a drill could not be set up, or could not go on.</summary>
    internal static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (ServerMissingException exception)
        {
            return Refuse(exception.Reason);
        }
        catch (WorkerFailedException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Broken;
        }
    }
}
