using Databases;

// dotnet run --project samples/Databases [-- --compare]
// One call a database. Each starts its own server on a private port, and says so when the server is not installed.
var compare = args.Contains("--compare");
var isGood = await PostgresDemo.RunAsync(compare);
isGood &= await RedisRun.RunAsync(compare, CancellationToken.None);
return isGood ? 0 : 1;
