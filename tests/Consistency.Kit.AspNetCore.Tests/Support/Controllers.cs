using Consistency.Kit.AspNetCore.Idempotency;
using Microsoft.AspNetCore.Mvc;

namespace Consistency.Kit.AspNetCore.Tests.Support;

/// <summary>One attribute on the controller, and actions with their own.</summary>
[ApiController]
[Route("marked")]
[RequireIdempotencyKey<FakeDb>]
public sealed class MarkedController(FakeDb db) : ControllerBase
{
    [HttpPost]
    public ActionResult<Amount> Post(Amount amount)
    {
        ArgumentNullException.ThrowIfNull(amount);
        db.Save($"{amount.Value}");
        return Created("/marked/1", amount);
    }

    [HttpGet]
    public string Get() => Request.Method;

    [HttpPost("optional")]
    [RequireIdempotencyKey<FakeDb>(Required = false)]
    public string Optional()
    {
        db.Save("optional");
        return "optional";
    }

    [HttpPost("points")]
    [RequireIdempotencyKey<FakeDb>(Mode = IdempotencyMode.RecoveryPoint)]
    public string Points() => $"attempt {HttpContext.GetIdempotentAttempt().Number}";

    [HttpPost("shared")]
    [RequireIdempotencyKey]
    public string Shared() => $"attempt {HttpContext.GetIdempotentAttempt().Number}";

    [HttpPost("fail")]
    public string Fail()
    {
        db.Save("failed");
        throw new InvalidOperationException("Oops.");
    }

    [HttpPost("transient")]
    public string Transient()
    {
        db.Save("transient");
        throw new InvalidOperationException("Saving failed.", new TransientException());
    }
}

/// <summary>Nothing on it: <c>MapControllers()</c> says it for all.</summary>
[ApiController]
[Route("plain")]
public sealed class PlainController(FakeDb db) : ControllerBase
{
    [HttpPost]
    public Amount Post(Amount amount)
    {
        ArgumentNullException.ThrowIfNull(amount);
        db.Save($"{amount.Value}");
        return amount;
    }

    [HttpGet]
    public string Get() => Request.Method;
}

/// <summary>Reached by a conventional route.</summary>
public sealed class PairController : Controller
{
    public string One() => Request.Path.Value![^3..];

    public string Two() => Request.Path.Value![^3..];
}

public sealed class TransientException : System.Data.Common.DbException
{
    public override bool IsTransient => true;
}
