using AdminFunctions;
using AdminFunctions.LocalHost;

Rehearsal.Begin();
return await LocalHostApplication.RunAsync(args);
