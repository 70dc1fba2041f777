using System.Net;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi
{
    /// <summary>An answer without its body.</summary>
    public record RawResponse
    {
        /// <summary>Its status.</summary>
        public required HttpStatusCode StatusCode { get; init; }

        /// <summary>The address asked.</summary>
        public required Uri Url { get; init; }

        /// <summary>Its headers.</summary>
        public required ResponseHeaders Headers { get; init; }
    }
}

namespace Auth0.ManagementApi.Core
{
    /// <summary>Never used, in the package either; here so that what is ambiguous there is ambiguous here.</summary>
    public record RawResponse;
}
