using System.Text.Json.Serialization;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Deletions;

/// <summary>The body of a request to approve a plan.</summary>
/// <param name="Seal">The plan's seal.</param>
internal sealed partial record ApprovalRequest(string? Seal)
{
    private const int MaxBodyInBytes = 16 * 1024;

    private const string Rule = "The body is a JSON object such as {\"seal\":\"eyJ…\"}.";

    /// <summary>Reads the body.</summary>
    /// <returns>The seal.</returns>
    /// <exception cref="InvalidRequestException">It is not valid.</exception>
    public static async Task<string> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadRequiredAsync(
            request, ApprovalRequestJson.Default.ApprovalRequest, MaxBodyInBytes, Rule, cancellationToken);
        return body switch
        {
            { Seal: { Length: > 0 } seal } => seal,
            _ => throw new InvalidRequestException("seal", "seal is the seal in the last line of the plan."),
        };
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false)]
    [JsonSerializable(typeof(ApprovalRequest))]
    private sealed partial class ApprovalRequestJson : JsonSerializerContext;
}
