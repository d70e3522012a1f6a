using Databases;

return await RedisRun.RunAsync(args.Contains("--compare"), CancellationToken.None) ? 0 : 1;
