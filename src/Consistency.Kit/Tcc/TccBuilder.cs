using Consistency.Kit.Tcc.Internal;

namespace Consistency.Kit.Tcc;

/// <summary>Collects what coordinates the application's TCCs.</summary>
public sealed class TccBuilder
{
    internal TccBuilder()
    {
    }

    internal TccOptions Options { get; } = new();

    internal Type? StoreKey { get; private set; }

    internal string? ReplyTopic { get; private set; }

    internal List<TccBranchRegistration> Branches { get; } = [];

    /// <summary>Names the store that keeps the transactions; needed when the application has several.</summary>
    /// <typeparam name="TStore">The DbContext given to <c>kit.UseEntityFrameworkCore</c>.</typeparam>
    public TccBuilder In<TStore>()
    {
        StoreKey = typeof(TStore);
        return this;
    }

    /// <summary>Names the topic on which branches that are asked by message reply: one of this service's own.</summary>
    /// <param name="topic">At most 200 characters.</param>
    public TccBuilder RepliesTo(string topic)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(topic);
        ReplyTopic = topic;
        return this;
    }

    /// <summary>Changes how transactions are driven.</summary>
    /// <param name="configure">Changes the options; validated at start-up.</param>
    public TccBuilder Configure(Action<TccOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Options);
        return this;
    }

    /// <summary>Lets transactions try a branch, and every instance that has it end what others have tried.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="configure">Where it is: <c>Local&lt;…&gt;()</c>, <c>Http(…)</c> or <c>Message(…)</c>.</param>
    public TccBuilder AddBranch<TRequest, TReply>(TccBranch<TRequest, TReply> branch, Action<TccBranchBuilder<TRequest, TReply>> configure)
    {
        ArgumentNullException.ThrowIfNull(branch);
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new TccBranchBuilder<TRequest, TReply>(branch.Name);
        configure(builder);
        Branches.Add(new TccBranchRegistration(branch.Name, typeof(TRequest), typeof(TReply), builder.Create, static json =>
        {
            json.Of<TRequest>();
            json.Of<TReply>();
        }));
        return this;
    }
}
