using System.Text.Json;

namespace AdminFunctions.LocalHost.Tenant.Users;

/// <summary>
/// Creates the fictitious users of a tenant. The same number and seed always create the same users. Their dates move with the date of
/// today, so that some have just logged in. Names come from two lists, domains are reserved for examples (RFC 2606), IP addresses for
/// documentation (RFC 5737), and phone numbers for fiction.
/// </summary>
internal sealed class UserSeed
{
    private static readonly TenantConnection Database = new("Username-Password-Authentication", "auth0");
    private static readonly TenantConnection Google = new("google-oauth2", "google-oauth2", IsSocial: true);
    private static readonly TenantConnection GitHub = new("github", "github", IsSocial: true, NumericIds: true);
    private static readonly TenantConnection Entra = new("contoso-entra", "waad");
    private static readonly TenantConnection Contoso = new("contoso", "samlp");
    private static readonly TenantConnection Fabrikam = new("fabrikam", "samlp");
    private static readonly TenantConnection Sms = new("sms", "sms");

    // The first user was created nine and a half years ago, the last one yesterday.
    private static readonly TimeSpan FirstCreated = TimeSpan.FromDays(3466) - TimeSpan.FromHours(8);
    private static readonly TimeSpan LastCreated = TimeSpan.FromHours(6);

    // Shortly after midnight, so that the dates are the same during the whole rest of the day.
    private static readonly TimeSpan LastLogin = TimeSpan.FromMinutes(10);

    private static readonly string[] GivenNames =
    [
        "Aino", "Alma", "Ann", "Anna", "Annika", "Arne", "Aylin", "Bela", "Birgit", "Bruno", "Carla", "Cem", "Chidi", "Clara", "Dana",
        "Dmitri", "Edda", "Elif", "Emil", "Esra", "Eva", "Felix", "Finn", "Frida", "Gita", "Goran", "Greta", "Hanna", "Hiro", "Ida",
        "Imani", "Ines", "Ivo", "Jana", "Jane", "Joao", "John", "José", "Jule", "Kaan", "Karla", "Kofi", "Lars", "Leïla", "Lena",
        "Liam", "Lotte", "Luca", "Łukasz", "Maja", "Malik", "Mara", "Mats", "Mei", "Mila", "Nadia", "Nils", "Noor", "Olga", "Omar",
        "Oskar", "Paula", "Pilar", "Quinn", "Rana", "Remy", "Rosa", "Sami", "Sara", "Selma", "Søren", "Tariq", "Tessa", "Tomás", "Ulla",
        "Vera", "Willem", "Yara", "Yuki", "Zoë",
    ];

    private static readonly string[] FamilyNames =
    [
        "Abelsson", "Achterberg", "Adeyemi", "Almeida", "Andersen", "Bakker", "Baumann", "Becker", "Bergström", "Blum", "Bonnet", "Brandt",
        "Castell", "Cohen", "Costa", "Dahl", "Demir", "Dubois", "Dvořák", "Eklund", "Engel", "Farkas", "Ferrari", "Fischer", "Fontaine",
        "Garcia", "Gruber", "Haas", "Hansen", "Heikkinen", "Hoffmann", "Ibrahim", "Ivanova", "Jansen", "Johansson", "Kaya", "Keller",
        "Kowalski", "Krüger", "Kumar", "Laurent", "Lehmann", "Lindqvist", "Lopez", "Maier", "Martins", "Mbeki", "Meyer", "Moreau",
        "Müller", "Nakamura", "Novak", "Nyström", "O'Brien", "Okafor", "Olsen", "Orsini", "Pereira", "Petrov", "Quist", "Ramos",
        "Richter", "Rossi", "Ruiz", "Sato", "Schmidt", "Silva", "Smith", "Sørensen", "Tanaka", "Thomsen", "Urban", "Vargas", "Virtanen",
        "Vogel", "Wagner", "Weber", "Winter", "Yilmaz", "Zimmermann",
    ];

    private static readonly string[] Domains = ["example.com", "example.net", "example.org"];

    private static readonly JsonElement[] UserMetadata =
    [
        Json("""{"language":"en","theme":"dark"}"""),
        Json("""{"language":"de"}"""),
        Json("""{"language":"fr","newsletter":true,"addresses":[{"city":"Paris"},{"city":"Lyon"}]}"""),
    ];

    private static readonly JsonElement[] AppMetadata =
    [
        Json("""{"plan":"free"}"""),
        Json("""{"plan":"gold","seats":5}"""),
        Json("""{"subscription":{"plan":"gold","trial":false}}"""),
    ];

    private readonly Random _random;
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);

    private readonly Uri _tenant;
    private readonly DateTime _first;
    private readonly DateTime _last;
    private readonly DateTime _lastLogin;

    private UserSeed(int seed, Uri tenant, DateTime now)
    {
        _random = new Random(seed);
        _tenant = tenant;
        _first = now.Date - FirstCreated;
        _last = now.Date - LastCreated;
        _lastLogin = now < now.Date + LastLogin ? now : now.Date + LastLogin;
    }

    /// <summary>Creates users, oldest first: the <see cref="Admin">admins</see>, some users with unusual IDs, then all others.</summary>
    /// <param name="count">The number of users.</param>
    /// <param name="seed">The seed. Another seed creates other users.</param>
    /// <param name="tenant">The base URL of the tenant, which serves their pictures.</param>
    /// <param name="now">The time, in UTC. Only its date matters, except in the first ten minutes of a day.</param>
    /// <param name="atOneMoment">The number of users, in the middle, with the same creation time.</param>
    public static IEnumerable<TenantUser> Make(int count, int seed, Uri tenant, DateTime now, int atOneMoment = 0)
    {
        var people = new UserSeed(seed, tenant, now);
        var step = count > 0 ? (people._last - people._first).Ticks / count / TimeSpan.TicksPerMillisecond : 0;
        var firstOfMany = (count - atOneMoment) / 2;
        for (var i = 0; i < count; i++)
        {
            // Each user has a separate period, so no two have the same creation time and they are in order.
            var created = people._first.AddMilliseconds((step * i) + people._random.NextInt64(Math.Max(1, step)));
            var isOneOfMany = i >= firstOfMany && i < firstOfMany + atOneMoment;
            yield return people.Next(i, isOneOfMany ? people._first.AddMilliseconds(step * firstOfMany) : created);
        }
    }

    private TenantUser Next(int index, DateTime created)
    {
        if (index < Admin.All.Count)
        {
            var admin = Admin.All[index];
            var id = admin.UserId["auth0|".Length..];
            return WithLogins(Person(admin.GivenName, admin.FamilyName, "example.com", created, Database, id), created);
        }

        var given = Pick(GivenNames);
        var family = Pick(FamilyNames);
        var domain = Pick(Domains);
        var user = (index - Admin.All.Count) switch
        {
            // IDs that must be escaped in a URL, and IDs with a second |.
            0 => Person("Ann", "Smith", "example.com", created, Contoso, "contoso|ann.smith@example.com"),
            1 => Person("Eve", "Weber", "example.org", created, Fabrikam, "fabrikam|sales/eve.weber@example.org"),
            2 => Person("Bob", "Winter", "example.net", created, Contoso, "contoso|bob.winter+crm@example.net"),
            3 => Person("Zoë", "Müller", "example.com", created, Fabrikam, "fabrikam|zoë müller"),
            4 => Texter(created),
            _ => _random.Next(100) switch
            {
                < 60 => Person(given, family, domain, created, Database, Hex()),
                < 78 => Person(given, family, domain, created, Google, Digits(21)),
                < 86 => Person(given, family, domain, created, GitHub, _random.Next(1_000, int.MaxValue).ToString()),
                < 93 => Person(given, family, domain, created, Entra, Opaque()),
                < 97 => Contractor(given, family, domain, created),
                _ => Texter(created),
            },
        };

        if (_random.Next(100) < 88)
        {
            user = WithLogins(user, created);
        }

        return user with
        {
            Blocked = _random.Next(100) < 3,
            UserMetadata = _random.Next(100) < 12 ? Pick(UserMetadata) : null,
            AppMetadata = _random.Next(100) < 12 ? Pick(AppMetadata) : null,
        };
    }

    private TenantUser Person(string given, string family, string domain, DateTime created, TenantConnection connection, string id)
    {
        var local = $"{Ascii(given)}.{Ascii(family)}";
        var namesakes = _taken[local] = _taken.GetValueOrDefault(local) + 1;
        if (namesakes > 1)
        {
            local += namesakes;
        }

        var social = connection.IsSocial;
        var identity = new TenantIdentity(connection, id);
        return new TenantUser
        {
            UserId = $"{connection.Provider}|{id}",
            // Some users have a second identity, which an administrator has linked.
            Identities = connection == Database && _random.Next(100) < 3 ? [identity, new(Google, Digits(21))] : [identity],
            CreatedAt = created,
            UpdatedAt = created,
            Name = $"{given} {family}",
            GivenName = given,
            FamilyName = family,
            Nickname = local,
            Email = $"{local}@{domain}",
            EmailVerified = social || _random.Next(100) < 80,
            Username = connection == Database && _random.Next(100) < 25 ? local.Replace('.', '_') : null,
            Picture = social || _random.Next(100) < 40 ? Pictures.UrlOf(_tenant, local) : null,
        };
    }

    private TenantUser Contractor(string given, string family, string domain, DateTime created)
    {
        var user = Person(given, family, domain, created, Contoso, "");
        var id = $"contoso|{user.Email}";
        return user with { UserId = $"samlp|{id}", Identities = [new(Contoso, id)] };
    }

    private TenantUser Texter(DateTime created)
    {
        var id = Hex();
        var number = $"+1555{_random.Next(200, 1000)}01{_random.Next(100):00}";
        return new TenantUser
        {
            UserId = $"sms|{id}",
            Identities = [new(Sms, id)],
            CreatedAt = created,
            UpdatedAt = created,
            Name = number,
            Nickname = "",
            PhoneNumber = number,
            PhoneVerified = true,
        };
    }

    private TenantUser WithLogins(TenantUser user, DateTime created)
    {
        // Most logins are recent: a quarter in the last week or so, a few today, and some years ago.
        var login = _lastLogin - ((_lastLogin - created) * Math.Pow(_random.NextDouble(), 4));
        return user with
        {
            LastLogin = login,
            UpdatedAt = login,
            LastIp = $"{Pick(["192.0.2", "198.51.100", "203.0.113"])}.{_random.Next(1, 255)}",
            LoginsCount = 1 + (int)(_random.NextDouble() * _random.NextDouble() * 400),
        };
    }

    private T Pick<T>(T[] among) => among[_random.Next(among.Length)];

    private string Hex()
    {
        Span<byte> bytes = stackalloc byte[12];
        _random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private string Digits(int count) => "1" + string.Create(count - 1, _random, (digits, random) =>
    {
        for (var i = 0; i < digits.Length; i++)
        {
            digits[i] = (char)('0' + random.Next(10));
        }
    });

    private string Opaque() => new(_random.GetItems("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".AsSpan(), 43));

    private static string Ascii(string name) => string.Concat(name.ToLowerInvariant().Select(c => c switch
    {
        'á' or 'ã' => "a",
        'é' or 'ë' => "e",
        'í' or 'ï' => "i",
        'ł' => "l",
        'ö' or 'ø' or 'ó' => "o",
        'ř' => "r",
        'ü' => "ue",
        _ => char.IsAsciiLetter(c) ? c.ToString() : "",
    }));

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
