using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>
/// Finds the functions among types. Reports what the Functions host or the worker would reject or silently handle wrong.
/// </summary>
internal static partial class FunctionDiscovery
{
    // No route parameter can have this name.
    private const string MethodConstraint = "{method}";

    /// <summary>Finds the functions in the given types.</summary>
    /// <param name="types">The types to search for methods with <c>[Function]</c>.</param>
    /// <param name="routePrefix">The prefix of every route.</param>
    /// <param name="constraints">The known route constraints, to report unknown ones at startup.</param>
    /// <param name="faults">Gets a sentence for each fault.</param>
    public static IReadOnlyList<FunctionDescriptor> Find(
        IEnumerable<Type> types, string routePrefix, ParameterPolicyFactory constraints, ICollection<string> faults)
    {
        const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var functions = new List<FunctionDescriptor>();
        foreach (var method in types.SelectMany(type => type.GetMethods(Any)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { } function)
            {
                continue;
            }

            var found = faults.Count;
            var triggers = method.GetParameters()
                .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
                .OfType<HttpTriggerAttribute>().ToArray();
            foreach (var fault in FaultsOf(function.Name, method, triggers.Length))
            {
                faults.Add($"{function.Name} ({method.DeclaringType}.{method.Name}): {fault}");
            }

            if (faults.Count > found)
            {
                continue;
            }

            var route = string.IsNullOrWhiteSpace(triggers[0].Route) ? function.Name : triggers[0].Route!;
            string[] methods = [.. (triggers[0].Methods ?? []).Select(name => name.ToUpperInvariant())];
            if (PatternOf(routePrefix, route, methods, constraints, out var pattern) is { } routeFault)
            {
                faults.Add($"{function.Name}: {routeFault}");
                continue;
            }

            if (method.GetParameters().FirstOrDefault(parameter => ParameterBinding.IsTaken(parameter, pattern!)) is { } taken)
            {
                faults.Add(
                    $"{function.Name}: the host does not bind a query parameter named '{taken.Name}'. Read it from HttpRequest.Query.");
            }

            foreach (var other in functions)
            {
                if (string.Equals(other.Name, function.Name, StringComparison.OrdinalIgnoreCase))
                {
                    faults.Add(
                        $"{function.Name}: {other.Method.DeclaringType}.{other.Method.Name} and {method.DeclaringType}.{method.Name} "
                        + "have the same name. Change one [Function] name. Names are not case-sensitive.");
                }
                else if (Conflict(other, route, methods))
                {
                    faults.Add(
                        $"{function.Name}: its route '{route}' conflicts with {other.Name}'s '{other.Route}' for the same method. "
                        + "Change the route or the methods of one function.");
                }
            }

            functions.Add(new(function.Name, methods, route, pattern!, method));
        }

        return [.. functions.OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private static IEnumerable<string> FaultsOf(string name, MethodInfo method, int triggers)
    {
        var type = method.DeclaringType!;
        if (!FunctionName.IsMatch(name) || name.Equals("host", StringComparison.OrdinalIgnoreCase))
        {
            yield return "the name of a function must start with a letter, contain only letters, digits, '-' and '_', "
                + "have at most 128 characters, and not be 'host'.";
        }

        if (!method.IsPublic || method.IsGenericMethod
            || type.IsNested || type.IsGenericType || type is { IsAbstract: true, IsSealed: false })
        {
            yield return "the worker cannot call it. Make it a public method of a class that is not nested, generic or abstract.";
        }

        if (type.GetMethods().Count(other => string.Equals(other.Name, method.Name, StringComparison.Ordinal)) > 1)
        {
            yield return "the worker finds a function by the name of its method. Rename the overloads.";
        }

        if (triggers != 1)
        {
            yield return "a function must have one trigger, and the local host supports only HTTP triggers. "
                + "Mark one HttpRequest parameter with [HttpTrigger].";
        }

        foreach (var fault in method.GetParameters().Select(ParameterBinding.FaultOf).OfType<string>())
        {
            yield return fault;
        }

        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
        {
            yield return "async void cannot be awaited. Return Task.";
        }

        if (FunctionInvocation.ResultType(method.ReturnType) is { } result
            && !result.IsAssignableTo(typeof(IResult)) && !result.IsAssignableTo(typeof(IActionResult)))
        {
            yield return $"it returns {result.Name}. The worker would send an empty 200. "
                + "Return IResult, such as TypedResults.Ok(value), or IActionResult.";
        }
    }

    /// <summary>Parses the route. Returns the fault, or <see langword="null"/> if the route is valid.</summary>
    private static string? PatternOf(
        string prefix, string route, string[] methods, ParameterPolicyFactory constraints, out RoutePattern? pattern)
    {
        pattern = null;
        var bare = route.Trim('/');
        if (bare.StartsWith("admin", StringComparison.OrdinalIgnoreCase) || bare.StartsWith("runtime", StringComparison.OrdinalIgnoreCase))
        {
            return $"its route '{route}' starts with 'admin' or 'runtime', which the Functions host reserves. Choose another route.";
        }

        try
        {
            // As in the host, the method is a constraint of the route. Another method returns 404, not 405.
            var policies = new RouteValueDictionary();
            if (methods.Length > 0)
            {
                policies.Add(MethodConstraint, new HttpMethodRouteConstraint(methods));
            }

            prefix = prefix.Trim('/');
            pattern = RoutePatternFactory.Parse(prefix.Length == 0 ? route : $"{prefix}/{route}", defaults: null, policies);
            foreach (var (key, references) in pattern.ParameterPolicies)
            {
                foreach (var reference in references)
                {
                    constraints.Create(pattern.GetParameter(key), reference);
                }
            }

            return null;
        }
        catch (Exception unusable) when (unusable is RoutePatternException or RouteCreationException or InvalidOperationException)
        {
            return $"its route '{route}' is not a valid route template: {unusable.Message}";
        }
    }

    // The host compares the text of the routes. For the routing of the worker, users/{id} and users/{name} are also ambiguous.
    private static bool Conflict(FunctionDescriptor other, string route, string[] methods)
        => string.Equals(Shape(other.Route), Shape(route), StringComparison.OrdinalIgnoreCase)
            && (other.Methods.Count == 0 || methods.Length == 0 || other.Methods.Intersect(methods, StringComparer.Ordinal).Any());

    private static string Shape(string route) => ParameterName.Replace(route.Trim('/'), "{");

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,127}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FunctionName { get; }

    [GeneratedRegex(@"\{\*{0,2}[^:=?}]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ParameterName { get; }
}
