using Nhi.Rotation.Cli;

return CommandLine.Run(args, TimeProvider.System, Console.OpenStandardInput(), Console.Out, Console.Error);
