using System.Threading.Channels;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.Hosting;

namespace Shop.Sabotages;

/// <summary>Sends what was published straight to the transport, from a queue in memory.</summary>
internal sealed class DirectSender(ITransport transport) : BackgroundService
{
    private readonly Channel<TransportMessage> _queue = Channel.CreateUnbounded<TransportMessage>();

    internal void Send(TransportMessage message) => _queue.Writer.TryWrite(message);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var message in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            for (var status = DeliveryStatus.Unknown; status == DeliveryStatus.Unknown && !stoppingToken.IsCancellationRequested;)
            {
                await transport.SendAsync([message], (_, delivery) => status = delivery.Status, stoppingToken);
            }
        }
    }
}
