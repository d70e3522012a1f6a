using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.AspNetCore.Tests.Status;

/// <summary>The page shows the credentials of all partners. A partner's key opens it only where the app says so of the page itself. Order of answers: nobody, partner, operator, both.</summary>
public sealed class WhoMayLookTests
{
    private const string Keys = RotatingApiKeyDefaults.AuthenticationScheme;

    [Fact]
    public async Task An_app_that_is_entered_by_api_keys_only_does_not_start_and_the_error_says_what_to_write()
    {
        var error = await FailAsync(Keys, AddKeys, app => app.MapRotationStatus("/rotation"));

        Assert.Equal(
            "MapRotationStatus(\"/rotation\") is for the operators of the app, and the only way in is API keys (scheme 'ApiKey'), which are the other side's. "
            + "Say who may see it with MapRotationStatus(\"/rotation\").RequireAuthorization(\"operators\") and a policy of that name, or add a scheme that operators sign in with and make it the default.",
            error);
    }

    [Fact]
    public async Task So_it_is_with_two_schemes_of_keys_and_no_default()
    {
        var error = await FailAsync(null, AddTwo, app => app.MapRotationStatus("/rotation"));

        Assert.Contains("(scheme 'ApiKey', 'Second')", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_it_is_if_operators_have_a_scheme_that_is_not_the_default() =>
        Assert.Contains("(scheme 'ApiKey')", await FailAsync(Keys, AddBoth, app => app.MapRotationStatus("/rotation")), StringComparison.Ordinal);

    [Fact]
    public async Task So_it_is_if_the_default_policy_or_the_page_names_the_scheme_of_keys()
    {
        var byDefault = await FailAsync("Test", AddBoth, app => app.MapRotationStatus("/rotation"), services => DefaultSchemes(services, Keys));
        var onThePage = await FailAsync("Test", AddBoth, app => app.MapRotationStatus("/rotation").RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = Keys }));

        Assert.Equal(byDefault, onThePage);
    }

    [Fact]
    public async Task A_named_policy_admits_whom_it_admits()
    {
        await using var right = await StartAsync(Keys, AddKeys, app => app.MapRotationStatus("/rotation").RequireAuthorization("ops"), services => Policy(services, "acme"));
        await using var wrong = await StartAsync(Keys, AddKeys, app => app.MapRotationStatus("/rotation").RequireAuthorization("ops"), services => Policy(services, "globex"));
        await using var inline = await StartAsync(Keys, AddKeys, app => app.MapRotationStatus("/rotation").RequireAuthorization(policy => policy.RequireClaim(ClaimTypes.NameIdentifier, "acme")));

        Assert.Equal(("401 200 401 200", "401 403 401 403", "401 200 401 200"), (await right.LookAsync(), await wrong.LookAsync(), await inline.LookAsync()));

        static void Policy(IServiceCollection services, string client) => services.AddAuthorizationBuilder().AddPolicy("ops", policy => policy.RequireClaim(ClaimTypes.NameIdentifier, client));
    }

    [Fact]
    public async Task Anonymous_access_opens_it_to_all_if_it_is_said_of_the_page()
    {
        await using var app = await StartAsync(Keys, AddKeys, app => app.MapRotationStatus("/rotation").AllowAnonymous());

        Assert.Equal("200 200 200 200", await app.LookAsync());
    }

    [Fact]
    public async Task Operators_who_have_the_default_scheme_get_in_and_keys_are_not_looked_at()
    {
        await using var app = await StartAsync("Test", AddBoth, app => app.MapRotationStatus("/rotation"));

        Assert.Equal("401 401 200 200", await app.LookAsync());
    }

    [Fact]
    public async Task A_default_policy_that_takes_either_does_not_take_a_key_here()
    {
        await using var app = await StartAsync("Test", AddBoth, app => app.MapRotationStatus("/rotation"), services => DefaultSchemes(services, "Test", Keys));

        Assert.Equal("401 403 200 403", await app.LookAsync());
    }

    [Fact]
    public async Task Nor_does_a_default_scheme_that_chooses_between_the_two()
    {
        await using var app = await StartAsync("Either", AddEither, app => app.MapRotationStatus("/rotation"));

        Assert.Equal("401 403 200 403", await app.LookAsync());
    }

    [Fact]
    public async Task Nor_if_the_app_makes_a_principal_of_its_own_from_it()
    {
        await using var app = await StartAsync("Either", AddEither, app => app.MapRotationStatus("/rotation"), services => services.AddSingleton<IClaimsTransformation, OwnPrincipal>());
        await using var both = await StartAsync("Test", AddBoth, app => app.MapRotationStatus("/rotation"), services => DefaultSchemes(services.AddSingleton<IClaimsTransformation, OwnPrincipal>(), "Test", Keys));

        Assert.Equal(("401 403 200 403", "401 403 200 403"), (await app.LookAsync(), await both.LookAsync()));
    }

    [Theory]
    [InlineData("Test", "401 401 200 200")]
    [InlineData("Either", "401 403 200 403")]
    public async Task A_fallback_policy_changes_nothing(string scheme, string answers)
    {
        await using var app = await StartAsync(
            scheme,
            AddEither,
            app => app.MapRotationStatus("/rotation"),
            services => services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder(Keys).RequireAuthenticatedUser().Build()));

        Assert.Equal(answers, await app.LookAsync());
    }

    [Fact]
    public async Task Asking_for_roles_or_again_for_the_default_policy_names_no_policy()
    {
        await using var again = await StartAsync("Either", AddEither, app => app.MapRotationStatus("/rotation").RequireAuthorization());
        await using var roles = await StartAsync(
            "Either", AddEither, app => app.MapRotationStatus("/rotation").RequireAuthorization(new AuthorizeAttribute { Roles = "ops" }), services => services.AddSingleton<IClaimsTransformation, RoleForAll>());

        Assert.Equal(("401 403 200 403", "401 403 200 403"), (await again.LookAsync(), await roles.LookAsync()));
    }

    [Fact]
    public async Task What_is_said_of_a_group_does_not_open_it()
    {
        await using var anonymous = await StartAsync("Either", AddEither, app => app.MapGroup(string.Empty).AllowAnonymous().MapRotationStatus("/rotation"));
        await using var named = await StartAsync("Either", AddEither, app => app.MapGroup(string.Empty).RequireAuthorization("partners").MapRotationStatus("/rotation"), Partners);
        await using var inline = await StartAsync("Either", AddEither, app => app.MapGroup(string.Empty).RequireAuthorization(policy => policy.RequireAssertion(_ => true)).MapRotationStatus("/rotation"));

        Assert.Equal(("401 403 200 403", "401 403 200 403", "401 403 200 403"), (await anonymous.LookAsync(), await named.LookAsync(), await inline.LookAsync()));

        static void Partners(IServiceCollection services) => services.AddAuthorizationBuilder().AddPolicy("partners", policy => policy.RequireAuthenticatedUser());
    }

    [Fact]
    public async Task A_group_of_partners_does_not_make_an_app_of_keys_start() => Assert.Contains(
        "only way in is API keys",
        await FailAsync(Keys, AddKeys, app => app.MapGroup(string.Empty).RequireAuthorization(policy => policy.RequireAuthenticatedUser()).MapRotationStatus("/rotation")),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_port_of_its_own_needs_no_scheme_of_its_own()
    {
        await using var app = await StartAsync(Keys, AddKeys, app => app.MapRotationStatus("/rotation").AllowAnonymous().Add(endpoint =>
        {
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return context.Connection.LocalPort == 9001 ? next(context) : Task.CompletedTask;
            };
        }));

        Assert.Equal("404 404 404 404", await app.LookAsync());
    }

    private static void AddKeys(AuthenticationBuilder schemes) => schemes.AddRotatingApiKey(options => options.AddClient("acme"));

    private static void AddTwo(AuthenticationBuilder schemes) => schemes.AddRotatingApiKey(options => options.AddClient("acme")).AddRotatingApiKey("Second", options => options.AddClient("acme"));

    private static void AddBoth(AuthenticationBuilder schemes) => schemes.AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("Test", null).AddRotatingApiKey(options => options.AddClient("acme"));

    private static void AddEither(AuthenticationBuilder schemes)
    {
        AddBoth(schemes);
        schemes.AddPolicyScheme("Either", null, options => options.ForwardDefaultSelector = context => context.Request.Headers.ContainsKey("X-Api-Key") ? Keys : "Test");
    }

    private static void DefaultSchemes(IServiceCollection services, params string[] schemes) =>
        services.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder(schemes).RequireAuthenticatedUser().Build());

    private static Task<LookApp> StartAsync(string? scheme, Action<AuthenticationBuilder> schemes, Action<IEndpointRouteBuilder> map, Action<IServiceCollection>? services = null) =>
        LookApp.StartAsync(scheme, schemes, map, services);

    private static async Task<string> FailAsync(string? scheme, Action<AuthenticationBuilder> schemes, Action<IEndpointRouteBuilder> map, Action<IServiceCollection>? services = null) =>
        (await Assert.ThrowsAsync<InvalidOperationException>(() => LookApp.StartAsync(scheme, schemes, map, services))).Message;

    private sealed class OwnPrincipal : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal) => Task.FromResult(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, principal.Identity!.Name!)], "of the app")));
    }

    private sealed class RoleForAll : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            var user = principal.Clone();
            user.AddIdentity(new ClaimsIdentity([new Claim(ClaimTypes.Role, "ops")]));
            return Task.FromResult(user);
        }
    }
}
