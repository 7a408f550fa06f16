using Consistency.Kit.Stock;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>A call with its result.</summary>
internal sealed class StockCall<T>(Func<StockBook, T> judge) : StockCall
{
    private readonly TaskCompletionSource<T> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;
    private Exception? _refusal;

    internal Task<T> Task => _told.Task;

    internal override void Judge(StockBook book)
    {
        (_result, _refusal) = (default!, null);
        try
        {
            _result = judge(book);
        }
        catch (Exception exception) when (exception is InvalidOperationException or StockUnreadableException)
        {
            // What only the rows can tell: misuse, or a row that is none of the kit's. The book has changed nothing for it.
            _refusal = exception;
        }
    }

    internal override void Tell()
    {
        if (_refusal is null)
        {
            _told.TrySetResult(_result);
        }
        else
        {
            _told.TrySetException(_refusal);
        }
    }

    internal override void Fail(Exception exception) => _told.TrySetException(exception);
}
