using System.Reflection;
using System.Runtime.InteropServices;

namespace AdminFunctions.Tests.Infra;

/// <summary>A test of compiled templates. It is skipped if eng/bicep has no compiler for the machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TemplateFactAttribute : FactAttribute
{
    public TemplateFactAttribute() => Skip = WhySkipped;

    /// <summary>Null if the build has compiled the templates.</summary>
    public static string? WhySkipped { get; } =
        typeof(TemplateFactAttribute).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Any(metadata => metadata.Key == "TemplatesCompiled")
            ? null
            : $"The Bicep compiler is restored for linux-x64 alone, and this machine is {RuntimeInformation.RuntimeIdentifier}: the templates were not checked.";
}

/// <summary>A theory about compiled templates. It is skipped like <see cref="TemplateFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TemplateTheoryAttribute : TheoryAttribute
{
    public TemplateTheoryAttribute() => Skip = TemplateFactAttribute.WhySkipped;
}
