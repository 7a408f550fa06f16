using Microsoft.AspNetCore.Http;

namespace Consistency.Kit.AspNetCore.Idempotency;

/// <summary>An answer that may be stored.</summary>
/// <param name="HttpContext">The request, with the answer's status and headers.</param>
/// <param name="EffectsMayExist">
/// Whether not storing the answer would leave effects without one. False where they are rolled back, or where the next attempt resumes.
/// </param>
public readonly record struct IdempotentAnswer(HttpContext HttpContext, bool EffectsMayExist)
{
    /// <summary>The answer's status.</summary>
    public int StatusCode => HttpContext.Response.StatusCode;

    /// <summary>
    /// The default policy: results, redirections and what the business refused are stored; answers that depend on who asks and when (401,
    /// 403, 408, 409, 429) never; 5xx only when effects may exist.
    /// </summary>
    public bool IsStoredByDefault => StatusCode switch
    {
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => false,
        StatusCodes.Status408RequestTimeout or StatusCodes.Status409Conflict or StatusCodes.Status429TooManyRequests => false,
        >= 500 => EffectsMayExist,
        _ => true,
    };
}
