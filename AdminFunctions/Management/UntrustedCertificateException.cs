using System.Security.Authentication;

namespace AdminFunctions.Management;

/// <summary>A server presented a certificate that this machine does not trust.</summary>
/// <param name="subject">The certificate's subject.</param>
/// <param name="issuer">The certificate's issuer, which names the authority that would have to be trusted.</param>
internal sealed class UntrustedCertificateException(string subject, string issuer)
    : AuthenticationException($"The certificate with the subject \"{subject}\" and the issuer \"{issuer}\" is not trusted.");
