using AdminFunctions.LocalHost;

return await LocalHostApplication.RunAsync(args);
