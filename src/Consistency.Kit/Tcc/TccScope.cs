using System.Text.Json;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Remote;
using Consistency.Kit.Tcc.Internal;

namespace Consistency.Kit.Tcc;

/// <summary>One transaction while its branches are tried. Thread-safe; over when the tries have returned.</summary>
public sealed class TccScope
{
    private readonly TccTransaction _transaction;
    private readonly TccCatalog _catalog;
    private readonly KitJson _json;
    private readonly CancellationToken _over;

    internal TccScope(TccTransaction transaction, TccCatalog catalog, KitJson json, CancellationToken over)
    {
        _transaction = transaction;
        _catalog = catalog;
        _json = json;
        _over = over;
    }

    /// <summary>The id that the transaction is run under.</summary>
    public string Id => _transaction.Id;

    /// <summary>Why the transaction will be cancelled, as far as it is known; null while it may be confirmed.</summary>
    public string? Doom => _transaction.Doom;

    /// <summary>Writes the branch down, then asks it to reserve.</summary>
    /// <param name="branch">A registered branch. It may be tried several times in one transaction; each time is a branch of its own.</param>
    /// <param name="request">What it is asked for; sent again with its confirm or cancel.</param>
    /// <param name="cancellationToken">Ends the try, which dooms the transaction.</param>
    /// <returns>Done, refused or unanswered; anything but done dooms the transaction. An unknown answer was asked for again by <see cref="TccOptions.TryRetry"/>.</returns>
    /// <exception cref="InvalidOperationException">The branch is not registered, no JSON context knows its types, or the tries are over.</exception>
    public async Task<TryOutcome<TReply>> TryAsync<TRequest, TReply>(TccBranch<TRequest, TReply> branch, TRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(branch);
        ArgumentNullException.ThrowIfNull(request);
        var participant = _catalog.Of(branch);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(request, _json.Of<TRequest>());
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_over, cancellationToken);
        switch (await _transaction.TryAsync(participant, bytes, either.Token).ConfigureAwait(false))
        {
            case RemoteAnswer.Done done:
                try
                {
                    return new TryOutcome<TReply>.Done(JsonSerializer.Deserialize(done.Reply.Span, _json.Of<TReply>())!);
                }
                catch (JsonException)
                {
                    var reason = $"The reply of '{branch}' is no {typeof(TReply).Name}.";
                    _transaction.Cancel(reason);
                    return new TryOutcome<TReply>.Unanswered(reason);
                }

            case RemoteAnswer.Refused refused:
                return new TryOutcome<TReply>.Refused(refused.Refusal);
            case RemoteAnswer.Unknown unknown:
                return new TryOutcome<TReply>.Unanswered(unknown.Reason);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Dooms the transaction: it is cancelled when the tries end.</summary>
    /// <param name="reason">Why, for people.</param>
    public void Cancel(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        _transaction.Cancel(reason);
    }
}
