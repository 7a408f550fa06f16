using System.Diagnostics.CodeAnalysis;
using Consistency.Kit.Remote;
using Consistency.Kit.Tcc.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc;

/// <summary>Says where a branch is.</summary>
/// <typeparam name="TRequest">What it is asked for.</typeparam>
/// <typeparam name="TReply">What a try says.</typeparam>
public sealed class TccBranchBuilder<TRequest, TReply>
{
    private readonly string _name;

    internal TccBranchBuilder(string name) => _name = name;

    internal Func<IServiceProvider, TccParticipant>? Create { get; private set; }

    /// <summary>A class of this application, behind the barrier of a DbContext: the coordinator's own or another.</summary>
    /// <typeparam name="TDbContext">The DbContext that the branch changes; the kit has a store on it through <c>kit.UseEntityFrameworkCore&lt;TDbContext&gt;()</c>.</typeparam>
    /// <typeparam name="TBranch">The branch; made for each call in a scope of its own.</typeparam>
    public void Local<TDbContext, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TBranch>()
        where TDbContext : class
        where TBranch : class, ITccBranch<TRequest, TReply>
    {
        var name = _name;
        Create = services => new LocalTccParticipant<TRequest, TReply>(
            name,
            new BranchRunner<TRequest, TReply>(typeof(TDbContext), static scope => ActivatorUtilities.GetServiceOrCreateInstance<TBranch>(scope)),
            services.GetRequiredService<IServiceScopeFactory>(),
            services.GetRequiredService<BarrierEngines>(),
            TccServices.LoggerOf(services));
    }

    /// <summary>A branch of another service, over dtm's wire.</summary>
    /// <param name="address">Where it is: absolute, or relative to the client's base address.</param>
    /// <param name="client">Makes the client, once; null for one of the kit's own that follows no redirects.</param>
    /// <param name="configure">Changes how it is called.</param>
    public void Http(Uri address, Func<IServiceProvider, HttpClient>? client = null, Action<HttpParticipantOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        var options = new HttpParticipantOptions();
        configure?.Invoke(options);
        var name = _name;
        Create = services => new HttpTccParticipant(
            name,
            new HttpParticipant(
                client?.Invoke(services) ?? TccServices.SharedClient,
                address,
                options,
                services.GetService<ILogger<HttpParticipant>>(),
                services.GetRequiredService<TimeProvider>()));
    }

    /// <summary>A branch of another service that is asked by message, and replies by message (<c>tcc.RepliesTo(…)</c>).</summary>
    /// <param name="topic">The topic that the other service takes commands from: that of its <c>kit.AddTccBranches(topic, …)</c>.</param>
    /// <remarks>
    /// A command goes out with the commit that it follows from: a try's with the branch, a confirm's or cancel's with the decision. A try waits
    /// for the reply up to <see cref="TccOptions.Timeout"/>. Needs a store that joins transactions, with its outbox and inbox.
    /// </remarks>
    public void Message(string topic)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(topic);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(topic.Length, Messaging.MessageEncoder.MaxTopicLength, nameof(topic));
        var name = _name;
        Create = _ => new MessageTccParticipant(name, topic);
    }
}
