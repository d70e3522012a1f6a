using Nhi.Rotation;

// An app whose vault and partner only production reaches. It starts nowhere else, unless a test puts something in their place.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRotatingCredentials().AddCredential("stripe", credential => credential
    .UseBackend("prod/stripe", static _ => throw new InvalidOperationException("There is no vault here."))
    .ProbeWith(static _ => throw new InvalidOperationException("There is no partner here."))
    .ProveRetirement());
builder.Logging.ClearProviders();
var app = builder.Build();
app.MapGet("/key", static ([FromKeyedServices("stripe")] IRotatingCredentialProvider stripe) => stripe.Current.Reveal());
await app.RunAsync();
