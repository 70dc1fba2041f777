using AdminFunctions.Access;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Http;

/// <summary>A call whose caller has been admitted.</summary>
/// <param name="Request">The HTTP request.</param>
/// <param name="Caller">The caller; <see cref="Caller.Anonymous"/> if the function's policy admits anyone.</param>
/// <param name="TraceId">The ID of the trace (W3C Trace Context), which is also the <c>traceId</c> of a problem.</param>
/// <param name="Budget">Canceled when the time for Auth0 and Key Vault is up or, unless the function writes, the caller hangs up.</param>
public sealed record FunctionCall(HttpRequest Request, Caller Caller, string TraceId, CancellationToken Budget);
