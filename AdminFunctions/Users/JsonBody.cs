using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Users;

/// <summary>Reads a small JSON body. Whatever is wrong with it is the caller's to correct.</summary>
internal static class JsonBody
{
    /// <summary>Reads a body that must not be empty.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<T> ReadRequiredAsync<T>(
        HttpRequest request, JsonTypeInfo<T> type, int maxBytes, string rule, CancellationToken cancellationToken)
        where T : class =>
        await ReadAsync(request, type, maxBytes, rule, cancellationToken) ?? throw new InvalidRequestException("body", rule);

    /// <summary>Reads a body that may be empty.</summary>
    /// <param name="maxBytes">The size of the largest body, in bytes.</param>
    /// <param name="rule">What a body looks like, as a sentence with an example.</param>
    /// <returns>What is in the body; <see langword="null"/> if it is empty.</returns>
    /// <exception cref="InvalidRequestException">It is no such object, it is too large, or it did not arrive.</exception>
    public static async Task<T?> ReadAsync<T>(
        HttpRequest request, JsonTypeInfo<T> type, int maxBytes, string rule, CancellationToken cancellationToken)
        where T : class
    {
        var body = new byte[maxBytes + 1];
        int length;
        try
        {
            length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The time for the whole call is up, or the connection broke. Auth0 has no part in it.
            throw new InvalidRequestException("body", "The body did not arrive in time, or not completely.");
        }

        if (length > maxBytes)
        {
            throw new InvalidRequestException("body", $"The body has at most {maxBytes} bytes.");
        }

        try
        {
            return length is 0
                ? null
                : JsonSerializer.Deserialize(body.AsSpan(0, length), type) ?? throw new InvalidRequestException("body", rule);
        }
        catch (JsonException)
        {
            throw new InvalidRequestException("body", rule);
        }
    }
}
