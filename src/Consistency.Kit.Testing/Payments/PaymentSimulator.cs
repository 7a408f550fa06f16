using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Consistency.Kit.Testing.Payments.Internal;

namespace Consistency.Kit.Testing.Payments;

/// <summary>A payment provider at its worst, as a small HTTP server in this process: it loses callbacks, sends them twice and out of order, and lets strangers send forged ones.</summary>
/// <remarks>
/// It listens with <see cref="HttpListener"/>, so that a test needs no web framework. <see cref="SimulatedProvider"/> speaks to it and
/// <see cref="SimulatedVerifier"/> verifies its callbacks. Its books are the truth that an application has to agree with in the end.
/// </remarks>
public sealed class PaymentSimulator : IAsyncDisposable
{
    private readonly PaymentSimulatorOptions _options;
    private readonly HttpListener _listener = new();
    private readonly CallbackSender _sender;
    private readonly Lock _books = new();
    private readonly Dictionary<string, List<SimulatedPayment>> _payments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedPayment> _transactions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedRefund> _refunds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedPayment> _charges = new(StringComparer.Ordinal);
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _exchanges = new();
    private readonly Random _random;
    private Task _serving = Task.CompletedTask;
    private int _number;

    private PaymentSimulator(PaymentSimulatorOptions options, Uri address)
    {
        _options = options;
#pragma warning disable CA5394 // Decides about misbehaviour, and has to be repeatable.
        _random = new Random(options.Seed);
#pragma warning restore CA5394
        _sender = new CallbackSender(options);
        Address = address;
        _listener.Prefixes.Add(address.AbsoluteUri);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>All payments that were made.</summary>
    public IReadOnlyList<SimulatedPayment> Payments
    {
        get
        {
            lock (_books)
            {
                return [.. _payments.Values.SelectMany(payments => payments)];
            }
        }
    }

    /// <summary>All refunds that were made.</summary>
    public IReadOnlyList<SimulatedRefund> Refunds
    {
        get
        {
            lock (_books)
            {
                return [.. _refunds.Values];
            }
        }
    }

    /// <summary>The transaction ids of the payments whose callback was acknowledged: the application says that it knows of them.</summary>
    public IReadOnlyCollection<string> Acknowledged => _sender.Acknowledged;

    /// <summary>Forged callbacks that were acknowledged. There should be none.</summary>
    public int ForgedAccepted => _sender.ForgedAccepted;

    /// <summary>Forged callbacks that were sent.</summary>
    public int ForgedSent => _sender.ForgedSent;

    /// <summary>Genuine callbacks that were sent, with copies and repeats.</summary>
    public int CallbacksSent => _sender.Sent;

    /// <summary>Payments that nobody was told of.</summary>
    public int CallbacksLost { get; private set; }

    /// <summary>Callbacks that were doubled.</summary>
    public int CallbacksDoubled { get; private set; }

    /// <summary>Starts the provider on a free port of this machine.</summary>
    /// <param name="options">How badly it behaves.</param>
    public static PaymentSimulator Start(PaymentSimulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        for (var tries = 0; ; tries++)
        {
            var simulator = new PaymentSimulator(options, new Uri($"http://127.0.0.1:{FreePort()}/"));
            try
            {
                simulator._listener.Start();
                simulator._serving = Task.Run(simulator.ServeAsync);
                return simulator;
            }
            catch (HttpListenerException) when (tries < 10)
            {
                // Somebody else took the port between the two calls.
            }
        }
    }

    /// <summary>A customer pays. It is not asked whether the order is closed: such money was on its way.</summary>
    /// <param name="orderNumber">The order.</param>
    /// <param name="amount">How much, in the smallest unit.</param>
    /// <param name="currency">The currency.</param>
    /// <param name="callbackDelay">How long its callback is held back, if it is sent at all; null for a random time up to <see cref="PaymentSimulatorOptions.MaxDelay"/>.</param>
    public SimulatedPayment Pay(string orderNumber, long amount, string currency, TimeSpan? callbackDelay = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(orderNumber);
        lock (_books)
        {
            return PayLocked(orderNumber, amount, currency, callbackDelay);
        }
    }

    /// <summary>Writes the statement of all payments and refunds, as comma-separated lines in the order of their numbers.</summary>
    /// <param name="writer">Takes the lines.</param>
    public void WriteStatement(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteLine("kind,number,transaction,order,amount,currency");
        foreach (var payment in Payments.OrderBy(payment => payment.TransactionId, StringComparer.Ordinal))
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"payment,,{payment.TransactionId},{payment.OrderNumber},{payment.Amount},{payment.Currency}"));
        }

        foreach (var refund in Refunds.OrderBy(refund => refund.Number, StringComparer.Ordinal))
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"refund,{refund.Number},{refund.TransactionId},,{refund.Amount},"));
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync().ConfigureAwait(false);
        _listener.Stop();
        await _serving.ConfigureAwait(false);
        await Task.WhenAll(_exchanges.Keys).ConfigureAwait(false);
        _listener.Close();
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var exchange = Task.Run(() => AnswerAsync(context));
            _exchanges[exchange] = true;
            _ = exchange.ContinueWith(done => _exchanges.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var (status, text) = await DecideAsync(context.Request).ConfigureAwait(false);
            var bytes = Encoding.UTF8.GetBytes(text);
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength64 = bytes.Length;
            await context.Response.OutputStream.WriteAsync(bytes).ConfigureAwait(false);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or IOException or ObjectDisposedException or FormatException)
        {
            // The client has gone, or sent what cannot be read.
            context.Response.Abort();
        }
    }

    private async Task<(int Status, string Text)> DecideAsync(HttpListenerRequest request)
    {
        var path = request.Url!.AbsolutePath.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        switch (request.HttpMethod, path)
        {
            case ("GET", ["orders", var order]):
                lock (_books)
                {
                    return (200, ProviderJson.Write(_payments.GetValueOrDefault(order) ?? [], _closed.Contains(order), _options.Merchant));
                }

            case ("POST", ["orders", var order, "close"]):
                lock (_books)
                {
                    // What is paid cannot be closed.
                    return _payments.ContainsKey(order) ? (409, "{}") : (Close(order), "{}");
                }

            case ("POST", ["charges"]):
                using (var reader = new StreamReader(request.InputStream, Encoding.UTF8))
                {
                    var charge = ProviderJson.ReadCharge(await reader.ReadToEndAsync().ConfigureAwait(false));
                    lock (_books)
                    {
                        return Charge(charge);
                    }
                }

            case ("POST", ["refunds"]):
                using (var reader = new StreamReader(request.InputStream, Encoding.UTF8))
                {
                    var refund = ProviderJson.ReadRefund(await reader.ReadToEndAsync().ConfigureAwait(false));
                    lock (_books)
                    {
                        return (200, Refund(refund) ? """{"status":"done"}""" : """{"status":"refused"}""");
                    }
                }

            default:
                return (404, "{}");
        }
    }

    private SimulatedPayment PayLocked(string orderNumber, long amount, string currency, TimeSpan? callbackDelay)
    {
        var payment = new SimulatedPayment(string.Create(CultureInfo.InvariantCulture, $"tx{++_number:D8}"), orderNumber, amount, currency);
        if (!_payments.TryGetValue(orderNumber, out var payments))
        {
            _payments[orderNumber] = payments = [];
        }

        payments.Add(payment);
        _transactions[payment.TransactionId] = payment;
#pragma warning disable CA5394
        var (lost, doubled, forged) = (_random.NextDouble() < _options.Lost, _random.NextDouble() < _options.Doubled, _random.NextDouble() < _options.Forged);
        var delay = _options.MaxDelay * _random.NextDouble();
#pragma warning restore CA5394
        CallbacksLost += lost ? 1 : 0;
        CallbacksDoubled += doubled && !lost ? 1 : 0;
        _sender.Send(payment, lost, doubled, forged, callbackDelay ?? delay);
        return payment;
    }

    /// <summary>Takes a customer's money for the merchant, once for each key.</summary>
    private (int Status, string Text) Charge(SimulatedCharge charge)
    {
        if (_charges.TryGetValue(charge.Key, out var known))
        {
            return known.OrderNumber == charge.OrderNumber && known.Amount == charge.Amount && known.Currency == charge.Currency
                ? (200, ProviderJson.Write(known, _options.Merchant))
                : (422, "{}");
        }

        if (_closed.Contains(charge.OrderNumber))
        {
            return (409, "{}");
        }

        _charges[charge.Key] = known = PayLocked(charge.OrderNumber, charge.Amount, charge.Currency, null);
        return (200, ProviderJson.Write(known, _options.Merchant));
    }

    private int Close(string order)
    {
        _closed.Add(order);
        return 200;
    }

    private bool Refund(SimulatedRefund refund)
    {
        if (_refunds.TryGetValue(refund.Number, out var known))
        {
            return known == refund;
        }

        var refunded = _refunds.Values.Where(other => other.TransactionId == refund.TransactionId).Sum(other => other.Amount);
        if (!_transactions.TryGetValue(refund.TransactionId, out var payment) || refunded + refund.Amount > payment.Amount)
        {
            return false;
        }

        _refunds[refund.Number] = refund;
        return true;
    }
}
