using Nhi.Rotation.Cli;

return VerifyCommand.Run(args, TimeProvider.System, Console.Out, Console.Error);
