using System.Net;
using System.Net.Http.Json;
using Consistency.Kit.Stock;
using Shop.Customers;

namespace Shop.Sales;

/// <summary>Sends requests to one of the sellers, and to another when no answer comes: the same request, under the same id.</summary>
internal sealed class SaleClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TotalPatience = TimeSpan.FromMinutes(2);

    private readonly string[] _sockets;
    private readonly Dictionary<string, HttpClient> _sellers;
    private readonly TimeProvider _time;
    private int _next;
    private int _again;

    internal SaleClient(IEnumerable<string> sockets, TimeProvider time)
    {
        _time = time;
        _sockets = [.. sockets];
        _sellers = _sockets.ToDictionary(socket => socket, socket => new HttpClient(UnixSocket.CreateHandler(socket))
        {
            BaseAddress = new Uri("http://seller"),
            Timeout = Timeout.InfiniteTimeSpan,
        });
    }

    /// <summary>Requests that were sent once more because no answer had come.</summary>
    internal int SentAgain => Volatile.Read(ref _again);

    internal Task OpenAsync(string socket, CancellationToken cancellationToken) => RetryAsync(
        async token =>
        {
            using var answer = await _sellers[socket].PostAsync(new Uri("/open", UriKind.Relative), null, token);
            answer.EnsureSuccessStatusCode();
            return true;
        },
        Patience,
        cancellationToken);

    /// <param name="path">What is asked for.</param>
    /// <param name="cart">The cart.</param>
    /// <param name="patience">How long the first answer is waited for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal Task<SaleAnswer> SendAsync(string path, SaleCart cart, TimeSpan? patience, CancellationToken cancellationToken) => RetryAsync(
        async token =>
        {
            using var answer = await Seller().PostAsJsonAsync(path, cart, token);
            answer.EnsureSuccessStatusCode();
            return Enum.Parse<SaleAnswer>(await answer.Content.ReadAsStringAsync(token));
        },
        patience ?? Patience,
        cancellationToken);

    internal Task<SaleAccount> ReadBooksAsync(CancellationToken cancellationToken) =>
        RetryAsync(async token => (await Seller().GetFromJsonAsync<SaleAccount>("/books", token))!, TotalPatience, cancellationToken);

    /// <summary>What there is of each item; null while nobody can say.</summary>
    internal async Task<IReadOnlyList<StockLevel>?> ReadLevelsAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            return await Seller().GetFromJsonAsync<List<StockLevel>>("/levels", deadline.Token);
        }
        catch (Exception exception) when (IsUnanswered(exception, cancellationToken))
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var seller in _sellers.Values)
        {
            seller.Dispose();
        }
    }

    private HttpClient Seller() => _sellers[_sockets[(int)((uint)Interlocked.Increment(ref _next) % _sockets.Length)]];

    private async Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> send, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(patience);
            try
            {
                return await send(deadline.Token);
            }
            catch (Exception exception) when (_time.GetElapsedTime(started) < TotalPatience && IsUnanswered(exception, cancellationToken))
            {
                patience = Patience;
                Interlocked.Increment(ref _again);
                await Task.Delay(exception is HttpRequestException { StatusCode: not null } ? 4 * Pause : Pause, _time, cancellationToken);
            }
        }
    }

    private static bool IsUnanswered(Exception exception, CancellationToken cancellationToken) =>
        (exception is HttpRequestException http && http.StatusCode is null or >= HttpStatusCode.InternalServerError)
        || exception is IOException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
